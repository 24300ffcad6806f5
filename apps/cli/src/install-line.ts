import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What to type so that the command line at `place` finds packages: it looks where it lies itself, so one that is installed for all
 * projects is not helped by what a project has.
 * @param place - URL of a file of this package, as installed.
 */
export function installLine(names: readonly string[], place: string): string {
  const path = fileURLToPath(place).replaceAll('\\', '/');
  const list = names.join(' ');
  // Without the folder that npx fills for one call, which nobody installs into.
  if (path.includes('/_npx/')) return `npx ${['@gai/cli', ...names].map((name) => `-p ${name}`).join(' ')} gai …`;
  if (path.includes('/pnpm/global/')) return `pnpm add -g ${list}`;
  if (path.includes('/node_modules/.pnpm/')) return `pnpm add ${list}`;
  const owner = path.slice(0, path.indexOf('/node_modules/'));
  const isGlobal = path.includes('/node_modules/') && !existsSync(join(owner, 'package.json'));
  return `npm install ${isGlobal ? '-g ' : ''}${list}`;
}

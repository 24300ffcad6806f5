import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../run.ts';
import { consumerManifest } from './install.ts';

/** Who installs. */
export type PackageManager = 'npm' | 'pnpm';

const INSTALL: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'],
  pnpm: ['install', '--no-lockfile', '--ignore-scripts', '--reporter=append-only'],
};
const ADD: Readonly<Record<PackageManager, string>> = { npm: 'npm install', pnpm: 'pnpm add' };

/** A command line, what is installed beside it, and what it has to say. */
interface Trial {
  readonly installed: readonly string[];
  readonly args: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}

const trials = (manager: PackageManager): Trial[] => [
  { installed: [], args: ['--help'], code: 0, says: /Usage: gai/ },
  {
    installed: [],
    args: ['rl', 'solve', 'frozen-lake'],
    code: 2,
    says: new RegExp(`^gai: this command needs @gai/rl, which is not installed. Type: ${ADD[manager]} @gai/rl\\n$`),
  },
  {
    installed: ['@gai/rl'],
    args: ['train', 'digits'],
    code: 2,
    says: new RegExp(`Type: ${ADD[manager]} @gai/backend-node @gai/cnn @gai/data (@gai/nn )?mnist\\n$`),
  },
  { installed: ['@gai/rl'], args: ['rl', 'solve', 'frozen-lake'], code: 0, says: /value iteration/ },
];

/**
 * Installs the command line alone and beside packages, from tarballs and into the empty `folder`, and calls it: what it needs is
 * found, and what is absent is named with the line that installs it.
 *
 * @returns What went wrong, one line each.
 */
export async function tryCommandLine(
  manager: PackageManager,
  tarballs: ReadonlyMap<string, string>,
  folder: string,
): Promise<string[]> {
  const problems: string[] = [];
  let there: string | undefined;
  for (const { installed, args, code, says } of trials(manager)) {
    const place = join(folder, `with${installed.length}`);
    if (there !== place) problems.push(...(await install(manager, ['@gai/cli', ...installed], { tarballs, place })));
    there = place;
    if (problems.length > 0) return problems;
    const run = await runCommand(join(place, 'node_modules/.bin/gai'), args, { cwd: place });
    if (run.code === code && says.test(run.output)) continue;
    problems.push(`gai ${args.join(' ')} (${manager}) ended with ${run.code}; expected ${code}\n${run.output.trim()}`);
  }
  return problems;
}

async function install(
  manager: PackageManager,
  names: readonly string[],
  { tarballs, place }: { readonly tarballs: ReadonlyMap<string, string>; readonly place: string },
): Promise<string[]> {
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify(consumerManifest(names, tarballs), undefined, 2));
  // A workspace of its own, in which every @gai package comes from its tarball.
  const overrides = [...tarballs].map(([name, file]) => `  '${name}': 'file:${file}'`).join('\n');
  writeFileSync(join(place, 'pnpm-workspace.yaml'), `packages: ['.']\noverrides:\n${overrides}\n`);
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const { code, output } = await runCommand(manager, INSTALL[manager], { cwd: place, env });
  return code === 0 ? [] : [`${manager} install ${names.join(' ')} failed\n${output.trim()}`];
}

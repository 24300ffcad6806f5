import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MissingPackages } from './errors.ts';
import { installLine } from './install-line.ts';
import { NEEDS } from './needs.ts';
import type { Need } from './needs.ts';

/**
 * Reads the module of a command when it is called, so that `gai --help` starts at once and a command needs only the packages that it
 * uses itself.
 * @throws {@link MissingPackages} that names what to install, if a package is absent.
 */
export async function load<T>(read: () => Promise<T>, need: Need): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const absent = packageOf(error);
    if (absent === undefined || !(NEEDS[need] as readonly string[]).includes(absent)) throw error;
    throw missing(NEEDS[need].filter((name) => name === absent || !isInstalled(name)));
  }
}

function missing(names: readonly string[]): MissingPackages {
  const what = names.length === 1 ? `${names[0]}, which is` : `packages that are`;
  return new MissingPackages(`this command needs ${what} not installed. Type: ${installLine(names, import.meta.url)}`);
}

/** The package that Node did not find. */
function packageOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /Cannot find package '([^']+)'/.exec(error.message)?.[1];
}

/** Whether an import from here finds it; `require.resolve` would also look where NODE_PATH points to, as imports do not. */
function isInstalled(name: string): boolean {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'node_modules', name))) {
    if (dirname(folder) === folder) return false;
    folder = dirname(folder);
  }
  return true;
}

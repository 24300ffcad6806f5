import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { packAll } from '../pack/pack.ts';
import { mapLimit, runCommand } from '../run.ts';
import { publishedPackages, repositoryRoot } from '../workspace.ts';
import type { Check } from './check.ts';

/** Publint's findings for one tarball, in strict mode. */
export async function lintTarball(name: string, file: string): Promise<string[]> {
  const bytes = readFileSync(file);
  const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
  return messages.map((message) => `${name}: ${formatMessage(message, pkg, { color: false })}`);
}

/** Are the types wrong? Resolves the tarball as TypeScript does, for ESM users. */
export async function checkTypesOfTarball(name: string, file: string): Promise<string[]> {
  const attw = join(repositoryRoot, 'packages/tooling/node_modules/.bin/attw');
  const args = [file, '--profile', 'esm-only', '--no-color', '--no-emoji', '--format', 'ascii'];
  const { code, output } = await runCommand(attw, args, { cwd: dirname(file) });
  return code === 0 ? [] : [`${name}:\n${output.trim()}`];
}

/** Packs what `pnpm publish` would send and looks at that: publint (strict) and attw (esm-only). */
export const publishedCheck: Check = {
  name: 'publint, attw',
  async run(root) {
    const folder = mkdtempSync(join(tmpdir(), 'gai-pack-'));
    try {
      const tarballs = [...(await packAll(root, folder))];
      const lint = await mapLimit(tarballs, 2, ([name, file]) => lintTarball(name, file));
      // A program has nothing to import.
      const libraries = new Set(publishedPackages(root).map(({ manifest }) => manifest.name));
      const typed = tarballs.filter(([name]) => libraries.has(name));
      const types = await mapLimit(typed, 2, ([name, file]) => checkTypesOfTarball(name, file));
      return [...lint.flat(), ...types.flat()];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { mapLimit, runCommand } from '../run.ts';
import { publishedPackages, publishedPrograms } from '../workspace.ts';

/**
 * Packs every published package and program into `folder` as pnpm would publish it (`workspace:^` becomes a version).
 *
 * @returns Package name → tarball.
 */
export async function packAll(root: string, folder: string): Promise<Map<string, string>> {
  const packages = [...publishedPackages(root), ...publishedPrograms(root)];
  const tarballs = await mapLimit(packages, 2, async ({ dir, manifest }) => {
    const { code, output } = await runCommand('pnpm', ['pack', '--pack-destination', folder], { cwd: dir });
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    if (code !== 0 || !readdirSync(folder).includes(file)) {
      throw new Error(`pnpm pack of ${manifest.name} did not write ${file}:\n${output}`);
    }
    return [manifest.name, join(folder, file)] as const;
  });
  return new Map(tarballs);
}

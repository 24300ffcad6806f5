import { join } from 'node:path';
import { build } from 'esbuild';
import { publishedPackages } from '../workspace.ts';
import type { WorkspacePackage } from '../workspace.ts';
import type { Check } from './check.ts';

/** Doors that need Node on purpose; every other one must run in a page. */
const needsNode = (name: string, door: string): boolean => name === '@gai/backend-node' || door === './node';

/** Modules that a browser bundle of the package's doors would have to load from outside. */
export async function outsideModules({ dir, manifest }: WorkspacePackage): Promise<string[]> {
  const doors = Object.entries(manifest.exports ?? {}).flatMap(([door, target]) =>
    typeof target === 'string' || needsNode(manifest.name, door) ? [] : [join(dir, target['@gai/source'] ?? '')],
  );
  if (doors.length === 0) return [];
  const { metafile } = await build({
    entryPoints: doors,
    bundle: true,
    write: false,
    metafile: true,
    outdir: dir,
    format: 'esm',
    logLevel: 'silent',
    conditions: ['@gai/source'],
    external: ['node:*', 'onnxruntime-*'],
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))];
}

/** Every door except the Node-only ones bundles for the browser without `node:` and without a runtime. */
export const isolationCheck: Check = {
  name: 'isolation',
  async run(root) {
    const results = publishedPackages(root).map(async (found) => {
      const outside = await outsideModules(found);
      return outside.map((path) => `${found.manifest.name}: pulls in ${path}, so it cannot run in a page.`);
    });
    return (await Promise.all(results)).flat();
  },
};

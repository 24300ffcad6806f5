import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listFiles, publishedPackages } from '../workspace.ts';
import type { WorkspacePackage } from '../workspace.ts';
import { exportTable } from './exports.ts';
import { markdownExamples, packageExamples } from './extract.ts';
import type { Example } from './extract.ts';
import type { ExampleResult } from './run.ts';
import { runExamples } from './run.ts';

/** The package itself, then the `@gai/*` packages it depends on, nearest first. */
function withDependencies(start: WorkspacePackage, all: readonly WorkspacePackage[]): WorkspacePackage[] {
  const found = [start];
  for (const { manifest } of found) {
    for (const other of all) {
      if (manifest.dependencies?.[other.manifest.name] && !found.includes(other)) found.push(other);
    }
  }
  return found;
}

const usesTensors = (packages: readonly WorkspacePackage[]): boolean =>
  packages.some(({ manifest }) => manifest.name === '@gai/core');

/** The examples of a package, and the packages whose exports they may use without importing them. */
export function examplesInScope(
  root: string,
  found: WorkspacePackage,
): { readonly examples: Example[]; readonly packages: WorkspacePackage[] } {
  const all = publishedPackages(root);
  const packages = withDependencies(found, all);
  if (usesTensors(packages)) packages.push(...all.filter(({ manifest }) => manifest.name === '@gai/backend-node'));
  return { examples: packageExamples(found.dir, root), packages };
}

/** Runs every example of one package on the CPU backend, from its sources. */
export async function runPackageExamples(root: string, found: WorkspacePackage): Promise<ExampleResult[]> {
  const { examples, packages } = examplesInScope(root, found);
  if (examples.length === 0) return [];
  return runExamples(examples, {
    folder: join(root, 'apps/docs/.doctest', basename(found.dir)),
    exports: (origin) => exportTable(packages, origin),
    ...(usesTensors(packages) && { runtime: join(root, 'apps/docs/runtime.ts') }),
  });
}

/** Runs the blocks marked `ts run` in `docs/` and the root README; they import what they use, as a reader would. */
export async function runDocsExamples(root: string): Promise<ExampleResult[]> {
  const files = [join(root, 'README.md'), ...listFiles(join(root, 'docs'), '.md')].filter((file) => existsSync(file));
  const examples = files.flatMap((file) => markdownExamples(file, root));
  if (examples.length === 0) return [];
  const folder = join(root, 'apps/docs/.doctest/docs');
  return runExamples(examples, {
    folder,
    exports: () => new Map<string, string>(),
    runtime: join(root, 'apps/docs/runtime.ts'),
  });
}

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The parts of a `package.json` that the checks read. */
export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  bin?: Record<string, string>;
  exports?: Record<string, string | Record<string, string>>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  [field: string]: unknown;
}

/** One folder of the workspace that holds a `package.json`. */
export interface WorkspacePackage {
  /** Absolute folder. */
  dir: string;
  /** Folder below the root with forward slashes, such as `packages/core`. */
  path: string;
  manifest: Manifest;
}

/** The repository this file belongs to. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** Reads a JSON file; the caller states its type. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Every package of the workspace: below `packages/` and `apps/`, and `bench`. */
export function listPackages(root: string): WorkspacePackage[] {
  const inside = (group: string): string[] =>
    existsSync(join(root, group))
      ? readdirSync(join(root, group))
          .sort()
          .map((name) => `${group}/${name}`)
      : [];
  return [...inside('packages'), ...inside('apps'), 'bench'].flatMap((path) => {
    const dir = join(root, path);
    const file = join(dir, 'package.json');
    return existsSync(file) ? [{ dir, path, manifest: readJson<Manifest>(file) }] : [];
  });
}

/** The packages below `packages/` that users install. */
export function publishedPackages(root: string): WorkspacePackage[] {
  return listPackages(root).filter(({ path, manifest }) => path.startsWith('packages/') && !manifest.private);
}

/** The programs below `apps/` that users install: commands and no library. */
export function publishedPrograms(root: string): WorkspacePackage[] {
  return listPackages(root).filter(({ path, manifest }) => path.startsWith('apps/') && !manifest.private);
}

/** Every file below `dir` whose name ends in `suffix`, without `node_modules`, `dist` and dot folders. */
export function listFiles(dir: string, suffix: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .sort()
    .filter((name) => name !== 'node_modules' && name !== 'dist' && !name.startsWith('.'))
    .flatMap((name) => {
      const path = join(dir, name);
      if (statSync(path).isDirectory()) return listFiles(path, suffix);
      return name.endsWith(suffix) ? [path] : [];
    });
}

/** `dependencies`, `devDependencies` and `peerDependencies` in one record. */
export function allDependencies(manifest: Manifest): Record<string, string> {
  return { ...manifest.peerDependencies, ...manifest.devDependencies, ...manifest.dependencies };
}

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { WorkspacePackage } from '../workspace.ts';

/** A public door of a package: what a user may import from. */
export interface Door {
  /** What is written behind `from`, such as `@gai/data/node`. */
  readonly specifier: string;
  /** The source file behind it. */
  readonly file: string;
  /** Whether it needs Node on purpose; every other one must run in a page. */
  readonly needsNode: boolean;
}

/** What a bundler makes of something that is imported. */
export interface Bundle {
  /** Minified. */
  readonly text: string;
  /** Modules that are loaded from outside: those of Node, and ONNX Runtime. */
  readonly outside: readonly string[];
}

/** The doors of a package. */
export function doorsOf({ dir, manifest }: WorkspacePackage): Door[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([door, target]) => {
    if (typeof target === 'string') return [];
    const needsNode = manifest.name === '@gai/backend-node' || door === './node';
    return [{ specifier: manifest.name + door.slice(1), file: join(dir, target['@gai/source'] ?? ''), needsNode }];
  });
}

/** Bundles a program of one line, which may import what the package of `door` may. */
export async function bundleCode(code: string, { file, needsNode }: Door): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents: code, resolveDir: join(file, '..'), sourcefile: 'door.ts' },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    platform: needsNode ? 'node' : 'browser',
    legalComments: 'none',
    logLevel: 'silent',
    conditions: ['@gai/source'],
    external: ['node:*', 'onnxruntime-*', ...(needsNode ? ['mnist'] : [])],
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return {
    text: outputFiles[0]?.text ?? '',
    outside: [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))],
  };
}

/** Everything a door has, as one bundle. */
export const bundleDoor = (door: Door): Promise<Bundle> =>
  bundleCode(`export * from ${JSON.stringify(door.file)};`, door);

/** Sizes in kilobytes of 1,000 bytes, to one digit: as it is, and compressed as a web server does. */
export function sizesOf(text: string): { readonly raw: number; readonly gzip: number } {
  const kilobytes = (bytes: number): number => Math.round(bytes / 100) / 10;
  return { raw: kilobytes(Buffer.byteLength(text)), gzip: kilobytes(gzipSync(text).length) };
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { repositoryRoot } from './workspace.ts';

/** Where bundles of a package's files lie: below what git ignores, and where Node finds what the package depends on. */
function folderOf(file: string): string {
  let dir = dirname(file);
  while (!existsSync(join(dir, 'package.json')) && dir !== dirname(dir)) dir = dirname(dir);
  return join(dir === dirname(dir) ? repositoryRoot : dir, 'node_modules/.cache/gai-programs');
}

/** Where a program of ours starts the thread beside it. */
const WORKER = /(?:new Worker\(new URL\(|\.ts' : )'\.\/([\w-]+)\.js', import\.meta\.url\)/;

const made = new Map<string, Promise<string>>();

/**
 * Makes one JavaScript file of a TypeScript program of the workspace and gives its path, to run with plain Node.
 *
 * It starts in 0.2 s of processor time where a loader that translates file by file takes 2.3 s, so tests that start
 * many processes use it. In the bundle `import.meta.url` is what it is in the source, and threads are bundled too.
 */
export function bundleProgram(file: string): Promise<string> {
  const source = resolve(file);
  const path = made.get(source) ?? bundle(source, join(folderOf(source), `${nameOf(source)}.mjs`));
  made.set(source, path);
  return path;
}

const nameOf = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 16);

async function bundle(source: string, outfile: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    keepNames: true, // messages have names of classes and functions in them
    logLevel: 'silent',
    conditions: ['@gai/source'],
    plugins: [{ name: 'workspace', setup: workspaceOnly }],
  });
  // Several test files may bundle the same program, and a process that starts must never read half of one.
  const part = `${outfile}.${process.pid}`;
  await mkdir(dirname(outfile), { recursive: true });
  await writeFile(part, outputFiles[0]!.contents);
  await rename(part, outfile);
  return outfile;
}

/** Bundles what is ours; the rest is loaded from where the importing package finds it. */
const workspaceOnly: Plugin['setup'] = (build) => {
  build.onResolve({ filter: /^[^./]/ }, async (given) => outside(build, given));
  build.onLoad({ filter: /\.m?ts$/, namespace: 'file' }, async ({ path }) => ({
    contents: await withPlaces(path),
    loader: 'ts',
  }));
};

async function outside(
  build: PluginBuild,
  given: OnResolveArgs,
): Promise<{ path: string; external: true } | undefined> {
  const { path, kind, resolveDir, importer, pluginData } = given;
  if (path.startsWith('@gai/') || path.startsWith('node:') || pluginData === RESOLVING) return undefined;
  const found = await build.resolve(path, { kind, resolveDir, importer, pluginData: RESOLVING });
  if (found.errors.length > 0 || !isAbsolute(found.path)) return { path, external: true };
  return { path: pathToFileURL(found.path).href, external: true };
}

const RESOLVING = Symbol('being resolved');

/** A source with its own places written out; one that starts a thread gets the place of that thread's bundle. */
async function withPlaces(path: string): Promise<string> {
  const text = await readFile(path, 'utf8');
  const thread = WORKER.exec(text)?.[1];
  let self = pathToFileURL(path).href;
  if (thread !== undefined) {
    const folder = join(folderOf(path), nameOf(dirname(path)));
    await bundle(join(dirname(path), `${thread}.ts`), join(folder, `${thread}.js`));
    self = pathToFileURL(join(folder, 'beside.js')).href;
  }
  return text
    .replaceAll('import.meta.url', JSON.stringify(self))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
    .replaceAll('import.meta.filename', JSON.stringify(path));
}

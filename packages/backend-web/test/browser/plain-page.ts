import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transform } from 'esbuild';

const packages = join(import.meta.dirname, '../../..');

/** Where a page without a bundler finds what is imported by name; with the packages as published, their `dist`. */
const imports = {
  '@gai/core': '/packages/core/src/index.ts',
  '@gai/core/backend': '/packages/core/src/backend/index.ts',
  '@gai/backend-web': '/packages/backend-web/src/index.ts',
  'onnxruntime-web/wasm': '/ort/ort.wasm.min.mjs',
  'onnxruntime-web/webgpu': '/ort/ort.webgpu.min.mjs',
};

/** A page whose script imports the packages by name, as the browser can with an import map. */
export const PLAIN_PAGE = `<!doctype html><meta charset="utf-8"><title>plain</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { grad, setDefaultBackend, square, sum, tensor, toArray } from '@gai/core';
  import { webBackend } from '@gai/backend-web';

  setDefaultBackend(await webBackend({ device: 'wasm' }));
  globalThis.result = await toArray(grad((x) => sum(square(x)))(tensor([1, 2, 3])));
</script>`;

/** A source file below `/packages/` as the build leaves it: without its types. */
export async function sourceFile(path: string): Promise<string | undefined> {
  if (!path.startsWith('/packages/') || !path.endsWith('.ts')) return undefined;
  const source = await readFile(join(packages, path.slice('/packages/'.length)), 'utf8');
  return (await transform(source, { loader: 'ts', target: 'es2022' })).code;
}

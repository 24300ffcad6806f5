import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Platform } from '../platform.ts';
import { WASM_FILES, checkWasmFiles, wasmFolder } from './wasm-files.ts';

const page: Platform = {
  document: { baseURI: 'https://site.org/app/index.html' },
  location: { href: 'https://site.org/app/index.html', origin: 'https://site.org' },
};
const blobWorker: Platform = { location: { href: 'blob:https://site.org/1-2', origin: 'https://site.org' } };

it.each([
  [undefined, page, 'https://site.org/ort/'],
  ['ort', page, 'https://site.org/app/ort/'],
  ['/static/ort/', page, 'https://site.org/static/ort/'],
  [new URL('https://cdn.org/ort'), page, 'https://cdn.org/ort/'],
  [undefined, blobWorker, 'https://site.org/ort/'],
  [undefined, { process: { versions: { node: '20' } } }, undefined],
])('%s is the folder %#', (wasmPaths, scope, folder) => {
  expect(wasmFolder(wasmPaths, scope)).toBe(folder);
});

it('refuses what is no address', () => {
  expect(() => wasmFolder('ort', {})).toThrowErrorMatchingInlineSnapshot(
    `[ArgumentError: webBackend: wasmPaths is no address. Got 'ort'; expected a folder such as '/ort/', or a whole URL where the script has no address of its own. Say where the files of onnxruntime-web are.]`,
  );
});

it.each(Object.values(WASM_FILES).flat())('%s is a file of the installed onnxruntime-web', (file) => {
  expect(existsSync(fileURLToPath(import.meta.resolve(`onnxruntime-web/${file}`)))).toBe(true);
});

const answering = (status: number, type: string): typeof fetch =>
  (async () => new Response(null, { status, headers: { 'content-type': type } })) as typeof fetch;

it('accepts files that are there, and servers that answer no HEAD', async () => {
  await checkWasmFiles('wasm', 'https://site.org/ort/', answering(200, 'application/wasm'));
  await checkWasmFiles('wasm', 'https://site.org/ort/', answering(405, 'text/html'));
});

it('names the files that are missing and where to put them', async () => {
  await expect(
    checkWasmFiles('wasm', 'https://site.org/ort/', answering(404, 'text/html')),
  ).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webBackend: the WebAssembly files of ONNX Runtime are not where the page looks for them. Got HTTP status 404 for ort-wasm-simd-threaded.mjs; expected ort-wasm-simd-threaded.mjs and ort-wasm-simd-threaded.wasm in https://site.org/ort/. Copy them into the folder that your site serves there, for example npx gai-backend-web public/ort, or say where they are: webBackend({ wasmPaths }).]`,
  );
  await expect(
    checkWasmFiles('webgpu', 'https://site.org/', answering(200, 'text/html; charset=utf-8')),
  ).rejects.toThrow('Got a page (text/html) for ort-wasm-simd-threaded.asyncify.mjs; expected');
  const offline = (async () => {
    throw new TypeError('Failed to fetch');
  }) as typeof fetch;
  await expect(checkWasmFiles('wasm', 'https://site.org/', offline)).rejects.toThrow("Got 'Failed to fetch' for ort");
});

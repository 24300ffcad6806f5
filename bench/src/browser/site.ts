import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,">' +
  '<script type="module" src="/page.js"></script>';

/** A site at a free port of this machine. */
export interface Site {
  readonly url: string;
  close(): void;
}

/** Where the WebAssembly files of each library are. */
function wasmFolders(): Readonly<Record<string, string>> {
  const own = createRequire(import.meta.url);
  const backend = createRequire(own.resolve('@gai/backend-web/package.json'));
  return {
    ort: dirname(backend.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')),
    tfjs: join(dirname(own.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist'),
  };
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'error',
    conditions: ['@gai/source', 'onnxruntime-web-use-extern-wasm'],
  });
  return outputFiles[0]!.text;
}

/** Serves the page: `/threads` is cross-origin isolated, which WebAssembly needs for threads, `/single` is not. */
export async function openSite(): Promise<Site> {
  const [script, folders] = [await bundle(), wasmFolders()];
  const content = async (path: string): Promise<string | Uint8Array | undefined> => {
    if (path === '/page.js') return script;
    if (path === '/single' || path === '/threads') return PAGE;
    const [, library = '', file = ''] = path.split('/');
    const folder = folders[library];
    return folder === undefined ? undefined : readFile(join(folder, file)).catch(() => undefined);
  };
  const server = createServer(async ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://x');
    const body = await content(pathname);
    if (body === undefined) return void response.writeHead(404).end();
    const isolated = {
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
    };
    const type = { 'content-type': TYPES[extname(pathname) || '.html'] ?? 'application/octet-stream' };
    response.writeHead(200, { ...type, ...(pathname !== '/single' && isolated) }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://localhost:${port}`, close: () => void server.close().closeAllConnections() };
}

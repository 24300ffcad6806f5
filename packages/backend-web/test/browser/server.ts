import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.ts': 'text/javascript',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
};

/** The folder with the WebAssembly files of the installed onnxruntime-web. */
export const ORT_FOLDER = join(import.meta.dirname, '../../node_modules/onnxruntime-web/dist');

/** An HTML page that runs one script. */
export const html = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><title>test</title><link rel="icon" href="data:,">` +
  `<body><script type="module" src="${script}"></script></body>`;

/** What a test's site serves: content by path, or a function of the path. */
export type Content = (path: string) => string | Uint8Array | undefined | Promise<string | Uint8Array | undefined>;

/** A site at a free port of this machine. */
export interface Site extends AsyncDisposable {
  readonly url: string;
  /** Paths asked for so far. */
  readonly asked: readonly string[];
}

/** Serves content, and ONNX Runtime's files below `/ort/`. Pages below `/shared/` are not cross-origin isolated. */
export async function serve(content: Content): Promise<Site> {
  const asked: string[] = [];
  const server = createServer(async ({ url = '/' }, response) => {
    const path = new URL(url, 'http://x').pathname;
    asked.push(path);
    const body = path.startsWith('/ort/') ? await ortFile(path.slice(5)) : await content(path);
    if (body === undefined) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('no such file');
    response.writeHead(200, {
      'content-type': typeOf(path, body),
      'cross-origin-resource-policy': 'same-origin',
      ...(!path.startsWith('/shared/') && {
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      }),
    });
    response.end(body);
  });
  const url = await listen(server);
  return { url, asked, [Symbol.asyncDispose]: () => close(server) };
}

/** HTML is HTML under any name: that is how single-page apps answer addresses they do not know. */
function typeOf(path: string, body: string | Uint8Array): string {
  if (typeof body === 'string' && body.startsWith('<!doctype')) return 'text/html';
  return TYPES[extname(path) || '.html'] ?? 'application/octet-stream';
}

async function ortFile(name: string): Promise<Uint8Array | undefined> {
  return readFile(join(ORT_FOLDER, name)).catch(() => undefined);
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://localhost:${(server.address() as AddressInfo).port}`));
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

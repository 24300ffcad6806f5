/**
 * Teaches: what a site needs to train in a page: a bundle, the WebAssembly files, and two headers for threads.
 *
 * Serves `page/` at http://localhost:8000, where a LeNet learns the digits: 97 % or more after half a minute.
 * `pnpm example backend-web/digits [--smoke]`; `--smoke` fetches the site from itself and ends.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { copyWasmFiles } from '../src/copy/copy-files.ts';
import { makeSite } from './page/site.mts';

const options = { port: 8000 };
const smoke = process.argv.includes('--smoke');

const types: Readonly<Record<string, string>> = {
  '': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

const site = new Map(await makeSite());
// `npx gai-backend-web public/ort` does this for a site whose files lie in a folder.
const folder = await mkdtemp(join(tmpdir(), 'gai-page-'));
for (const file of await copyWasmFiles(folder)) site.set(`/ort/${file}`, await readFile(join(folder, file)));
await rm(folder, { recursive: true });

const server = createServer(({ url = '/' }, response) => {
  const path = new URL(url, 'http://localhost').pathname;
  const file = site.get(path);
  response.writeHead(file === undefined ? 404 : 200, {
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    // Without these two the page is not cross-origin isolated, and WebAssembly has one thread.
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  response.end(file);
});
await new Promise<void>((resolve) => server.listen(smoke ? 0 : options.port, '127.0.0.1', resolve));
const address = `http://localhost:${(server.address() as AddressInfo).port}`;
console.log(`open ${address}/ (Ctrl+C ends)`);

if (smoke) {
  for (const [path, file] of site) {
    const response = await fetch(address + path);
    const { byteLength } = await response.arrayBuffer();
    if (!response.ok || byteLength !== file.length) throw new Error(`${path}: ${byteLength} bytes of ${file.length}`);
    console.log(`${path}: ${Math.ceil(byteLength / 1024)} kB`);
  }
  server.closeAllConnections();
  server.close();
}

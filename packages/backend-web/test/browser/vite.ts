import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, createServer, defaultClientConditions } from 'vite';
import type { InlineConfig } from 'vite';
import { copyWasmFiles } from '../../src/copy/copy-files.ts';

/** The configuration that the guide gives, and the sources of the workspace in place of published packages. */
const config = {
  configFile: false,
  logLevel: 'error',
  resolve: { conditions: ['@gai/source', 'onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  server: {
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
} satisfies InlineConfig;

const ROOT = join(import.meta.dirname, '../vite');

/** What `vite build` makes, by path below the folder. */
export interface Built extends AsyncDisposable {
  /** The file at a path; undefined if there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** Runs `vite build` on a folder with a page. */
export async function viteBuild(root = ROOT): Promise<Built> {
  const outDir = await mkdtemp(join(tmpdir(), 'gai-vite-'));
  await build({ ...config, root, base: './', build: { outDir, emptyOutDir: true, target: 'es2022' } });
  return {
    read: (path) => readFile(join(outDir, path)).catch(() => undefined),
    [Symbol.asyncDispose]: () => rm(outDir, { recursive: true }),
  };
}

/** Runs Vite's development server, with ONNX Runtime's files in its public folder. */
export async function viteServe(): Promise<{ url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'gai-vite-'));
  await copyWasmFiles(join(folder, 'public/ort'));
  const server = await createServer({
    ...config,
    root: ROOT,
    publicDir: join(folder, 'public'),
    cacheDir: join(folder, 'cache'),
    server: { ...config.server, port: 0, host: '127.0.0.1', fs: { strict: false }, ws: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

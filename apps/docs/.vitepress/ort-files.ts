import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Plugin } from 'vitepress';

/** Only the build without a GPU: what the pages compute is small, and the other build is twice the download. */
const FILES = {
  'ort-wasm-simd-threaded.mjs': 'text/javascript',
  'ort-wasm-simd-threaded.wasm': 'application/wasm',
} as const;

/**
 * Puts ONNX Runtime's WebAssembly under `/ort/` of the site, where `@gai/backend-web` looks for it, so that live pages ask
 * no third party.
 */
export function ortFiles(root: string): Plugin {
  const { resolve } = createRequire(join(root, 'packages/backend-web/package.json'));
  const read = (file: string): Buffer => readFileSync(resolve(`onnxruntime-web/${file}`));
  let isForServer = false;
  return {
    name: 'gai:ort-files',
    configResolved({ build }) {
      isForServer = Boolean(build.ssr);
    },
    configureServer({ middlewares, config: { base } }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        const found = Object.entries(FILES).find(([file]) => pathname === `${base}ort/${file}`);
        if (found === undefined) return next();
        response.setHeader('Content-Type', found[1]);
        response.end(request.method === 'HEAD' ? undefined : read(found[0]));
      });
    },
    generateBundle() {
      if (isForServer) return;
      for (const file of Object.keys(FILES))
        this.emitFile({ type: 'asset', fileName: `ort/${file}`, source: read(file) });
    },
  };
}

/** The site of the example: what a bundler and a web server do for a page that trains. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadDigits } from '@gai/data/node';
import { build } from 'esbuild';

/** The file at a path of the site. */
export type Site = ReadonlyMap<string, Uint8Array>;

/** An IDX file of bytes: magic number, sizes, then the bytes. */
function idx(data: Uint8Array, ...shape: readonly number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  return Buffer.concat([new Uint8Array(header.buffer), data]);
}

/** The page, its program as one bundle, the digits, and ONNX Runtime's files. */
export async function makeSite(): Promise<Site> {
  const page = new URL('./', import.meta.url);
  const site = new Map<string, Uint8Array>([['/', await readFile(new URL('index.html', page))]]);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('digits.mts', page))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    write: false,
    conditions: ['@gai/source', 'onnxruntime-web-use-extern-wasm'],
  });
  site.set('/digits.js', outputFiles[0]!.contents);
  for (const [name, part] of Object.entries(await loadDigits())) {
    const pixels = Uint8Array.from(part.column('x').data as Float32Array, (ink) => Math.round(255 * ink));
    site.set(`/${name}-images.idx`, idx(pixels, part.size, 28, 28));
    site.set(`/${name}-labels.idx`, idx(Uint8Array.from(part.column('y').data as Int32Array), part.size));
  }
  return site;
}

// Runs a decoder with a cache on WebGPU in Node, beside whole texts; prints the largest differences, or why there is no GPU.
import { setDefaultBackend } from '@gai/core';
import { BackendError } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { KeyValueCache } from '@gai/nn';
import { Decoder } from '../decoder.ts';

const backend = await nodeBackend({ device: 'webgpu' }).catch((error: unknown) => {
  if (error instanceof BackendError) return error;
  throw error;
});
if (backend instanceof BackendError) {
  console.log(JSON.stringify({ absent: backend.message }));
  process.exit(0);
}
setDefaultBackend(backend);

const text = (length: number, seed = 0): number[] => Array.from({ length }, (_, i) => (i * i * 7 + seed * 5) % 11);
const worst: Record<string, number> = {};
for (const [name, options] of Object.entries({
  once: { heads: 4, keyHeads: 2, window: 9, once: 'jit' },
  each: { heads: 2, keyHeads: 2 },
} as const)) {
  const decoder = new Decoder(options);
  const cache = decoder.cache(2);
  let texts: number[][] = [[], []];
  await decoder.advance(cache, texts, [text(20), text(11, 1)]);
  await decoder.advance(cache, texts, [[1], [2]]);
  await cache.gather([1, 0, 1]);
  texts = [texts[1]!, texts[0]!, texts[1]!];
  await decoder.advance(cache, texts, [[3], [4], [5]]);
  const fork = cache.fork();
  const other = [...texts];
  cache.truncate(10);
  texts = texts.map((row) => row.slice(0, 10));
  await decoder.advance(cache, texts, [text(3), text(1), text(2)]);
  await decoder.advance(fork, other, [[7], [8], [9]]);
  const joined = await KeyValueCache.concat([cache, fork]);
  await decoder.advance(joined, [...texts, ...other], [[1], [2], [3], [4], [5], [6]]);
  worst[name] = decoder.worst;
}
console.log(JSON.stringify({ worst }));
process.exit(0);

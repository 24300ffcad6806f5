import { compile, data, linear, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import { WAYS } from './backends.ts';

/** 16 MB of float16, 32 of float32. */
const [ROWS, COLUMNS] = [4096, 2048];
const MEGABYTE = 2 ** 20;

describe.each(WAYS)('compile with float16 weights, %s', (_, worker) => {
  const backends: AsyncDisposable[] = [];
  beforeAll(async () => {
    const backend = await nodeBackend({ device: 'cpu', threads: 1, worker });
    backends.push(backend);
    setDefaultBackend(backend);
  });
  afterAll(async () => {
    for (const backend of backends) await backend[Symbol.asyncDispose]();
  });

  it('compact holds them as they are: the same numbers in less memory', async () => {
    const bits = Uint16Array.from({ length: ROWS * COLUMNS }, (__, index) => 0x3000 + ((index * 7919) % 1024));
    const weight = tensor(bits, { dtype: 'float16', shape: [ROWS, COLUMNS] });
    const x = tensor(
      Float32Array.from({ length: COLUMNS }, (__, index) => Math.sin(index)),
      { shape: [1, COLUMNS] },
    );
    const made = [];
    const results: Float32Array[] = [];
    const grown: number[] = [];
    for (const compact of [true, false]) {
      const before = process.memoryUsage().rss;
      const copies = await Promise.all(
        Array.from({ length: 4 }, () =>
          compile((given: Tensor) => linear(given, weight), { x: spec([1, COLUMNS]) }, { compact }),
        ),
      );
      made.push(...copies);
      grown.push(process.memoryUsage().rss - before);
      results.push((await data(await copies[0]!(x))) as Float32Array);
    }
    results[0]!.forEach((value, index) => expect(value).toBeCloseTo(results[1]![index]!, 3));
    expect(grown[0]!).toBeLessThan(grown[1]! - 32 * MEGABYTE);
    for (const one of made) await one.dispose();
  });
});

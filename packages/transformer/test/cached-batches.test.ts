import { data, explain, jit, setDefaultBackend, slice, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { webBackend } from '@gai/backend-web';
import { KeyValueCache } from '@gai/nn';
import type { CacheView, KeysValues } from '@gai/nn';
import { beforeAll, describe, expect, test } from 'vitest';
import type { T5ForConditionalGeneration } from '../src/index.ts';
import { TOLERANCE, loadCase } from './families.ts';
import { readCases, relativeDifference } from './fixture.ts';
import type { Case } from './fixture.ts';

const providers: [string, () => Promise<Backend>][] = [
  ['cpu', () => nodeBackend({ device: 'cpu', threads: 1 })],
  ['wasm', () => webBackend({ device: 'wasm' })],
];

/** Filled up on the left, on the right, and with holes; the last row ends first. */
const MASK = [
  [0, 0, 0, 1, 1, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 1, 1, 0, 0],
  [1, 0, 1, 1, 0, 1, 0, 1, 1],
  [0, 1, 1, 0, 0, 0, 0, 0, 0],
];
/** The columns of each step. */
const STEPS = [
  [0, 5],
  [5, 6],
  [6, 7],
  [7, 9],
] as const;

const int32 = (rows: readonly (readonly number[])[]): Tensor => tensor(rows as number[][], { dtype: 'int32' });
const columns = (rows: readonly (readonly number[])[], [start, end]: readonly [number, number]): number[][] =>
  rows.map((row) => row.slice(start, end));
const idsOf = (rows: number, time: number, seed: number): number[][] =>
  Array.from({ length: rows }, (_, y) =>
    Array.from({ length: time }, (__, x) => 2 + ((7 * x * x + 5 * y + seed) % 27)),
  );
const caseOf = (family: string, name: string): Case => readCases(family).find((one) => one.name === name)!;

/** The logits of each row at the places that count, one after the other. */
async function keptLogits(logits: Tensor, mask: readonly (readonly number[])[]): Promise<number[][]> {
  const values = (await data(logits)) as Float32Array;
  const width = logits.shape.at(-1) as number;
  const time = mask[0]!.length;
  return mask.map((row, y) =>
    row.flatMap((flag, x) =>
      flag === 0 ? [] : [...values.subarray((y * time + x) * width, (y * time + x + 1) * width)],
    ),
  );
}

/** The same of all steps, with the cache in between. */
async function inSteps(
  cache: KeyValueCache,
  ids: readonly (readonly number[])[],
  step: (ids: Tensor, mask: Tensor, view: CacheView) => Promise<{ logits: Tensor; rows: readonly KeysValues[] }>,
): Promise<number[][]> {
  const found: number[][] = ids.map(() => []);
  for (const part of STEPS) {
    const mask = columns(MASK, part);
    const { logits, rows } = await step(int32(columns(ids, part)), int32(mask), cache.view());
    await cache.append(rows);
    for (const [row, values] of (await keptLogits(logits, mask)).entries()) found[row]!.push(...values);
  }
  expect(cache.lengths).toEqual(MASK.map((row) => row.filter((flag) => flag === 1).length));
  return found;
}

describe.each(providers)('on %s', (_, open) => {
  beforeAll(async () => setDefaultBackend(await open()));

  test.each([
    ['llama', 'grouped-random', { layers: 2, heads: 2, depth: 6 }],
    ['llama', 'biased-random', { layers: 3, heads: 1, depth: 10 }],
    ['gpt2', 'inverse-random', { layers: 3, heads: 3, depth: 5 }],
  ] as const)(
    '%s %s: rows of unequal length are what each is alone',
    { timeout: 120_000 },
    async (family, name, sizes) => {
      const model = await loadCase(caseOf(family, name));
      const ids = idsOf(4, 9, 3);
      const step = jit((part: Tensor, attentionMask: Tensor, view: CacheView) => {
        const logits = model.forward(part, { attentionMask, cache: view } as never) as Tensor;
        return { logits, rows: view.rows() };
      });
      const found = await inSteps(new KeyValueCache({ ...sizes, batch: 4 }), ids, step);
      const whole = jit((row: Tensor) => model.forward(row) as Tensor);
      for (const [row, flags] of MASK.entries()) {
        const own = ids[row]!.filter((__, place) => flags[place] === 1);
        const alone = (await data(await whole(int32([own])))) as Float32Array;
        expect(relativeDifference(found[row]!, alone), `row ${row}`).toBeLessThan(TOLERANCE);
      }
    },
  );

  test.each(['first-random', 'buckets-random'])('t5 %s: the decoder goes on', { timeout: 120_000 }, async (name) => {
    const one = caseOf('t5', name);
    const model = (await loadCase(one)) as unknown as T5ForConditionalGeneration;
    const { numDecoderLayers: layers, numHeads: heads, dKv: depth } = model.config;
    const [source, ids] = [idsOf(4, 9, 1), idsOf(4, 9, 5)];
    const sourceMask = [...MASK].reverse();
    const encode = jit((text: Tensor, attentionMask: Tensor) => model.encode(text, { attentionMask }));
    const { cross } = await encode(int32(source), int32(sourceMask));
    const cache = new KeyValueCache({ layers, heads, depth, batch: 4 });
    cache.setCross(cross, [...(await data(cross[0]!.counts!))].map(Number));
    const step = jit((part: Tensor, decoderAttentionMask: Tensor, view: CacheView) => {
      const logits = model.decode(part, { cache: view, decoderAttentionMask });
      return { logits, rows: view.rows() };
    });
    const found = await inSteps(cache, ids, step);
    const whole = jit((text: Tensor, options: Record<string, Tensor>): Tensor => model.forward(text, options));
    for (const [row, flags] of MASK.entries()) {
      const own = ids[row]!.filter((__, place) => flags[place] === 1);
      const options = { attentionMask: int32([sourceMask[row]!]), decoderInputIds: int32([own]) };
      const alone = (await data(await whole(int32([source[row]!]), options))) as Float32Array;
      expect(relativeDifference(found[row]!, alone), `row ${row}`).toBeLessThan(TOLERANCE);
    }
  });

  test('one program for every batch, length and past', { timeout: 120_000 }, async () => {
    const model = await loadCase(caseOf('llama', 'grouped-random'));
    const cache = new KeyValueCache({ layers: 2, heads: 2, depth: 6, batch: 4 });
    const part = spec(['batch', 'time'], 'int32');
    const step = jit(
      (ids: Tensor, attentionMask: Tensor, view: CacheView) => {
        const logits = model.forward(ids, { attentionMask, cache: view } as never) as Tensor;
        return { logits, rows: view.rows() };
      },
      { specs: { ids: part, attentionMask: part, view: cache.specs({ batch: 'batch', past: 'past' }) } },
    );
    const ids = idsOf(4, 9, 3);
    const found = await inSteps(cache, ids, step);
    expect(explain(step).compiles).toBe(2); // With a past, and without.
    const alone = (await data(model.forward(int32([ids[0]!.slice(3)])) as Tensor)) as Float32Array;
    expect(relativeDifference(found[0]!, alone)).toBeLessThan(TOLERANCE);
  });

  test(
    'the positions follow from the mask as in the reference, padding on the left',
    { timeout: 120_000 },
    async () => {
      const model = await loadCase(caseOf('llama', 'grouped-random'));
      const [ids, mask] = [int32(idsOf(4, 9, 3)), MASK.map((row) => [...row].sort((a, b) => a - b))];
      const positionIds = int32(
        mask.map((row) =>
          row.map((___, at) => Math.max(0, row.slice(0, at + 1).indexOf(1) < 0 ? 0 : at - row.indexOf(1))),
        ),
      );
      const whole = jit((text: Tensor, options: Record<string, Tensor>) => model.forward(text, options) as Tensor);
      const expected = await keptLogits(await whole(ids, { attentionMask: int32(mask), positionIds }), mask);
      const cache = new KeyValueCache({ layers: 2, heads: 2, depth: 6, batch: 4 });
      const step = jit(
        (text: Tensor, attentionMask: Tensor, view: CacheView) =>
          model.forward(text, { attentionMask, cache: view } as never) as Tensor,
      );
      const found = await keptLogits(await step(ids, int32(mask), cache.view()), mask);
      for (const row of mask.keys()) expect(relativeDifference(found[row]!, expected[row]!)).toBeLessThan(TOLERANCE);
    },
  );
});

test('a mask of the tokens before too is refused, and lengths are not guessed', async () => {
  setDefaultBackend(await nodeBackend());
  const model = await loadCase(caseOf('gpt2', 'inverse-random'));
  const cache = new KeyValueCache({ layers: 3, heads: 3, depth: 5, batch: 1 });
  const options = { attentionMask: int32([[1, 1, 1]]), cache: cache.view() };
  expect(() => model.forward(slice(int32([[4, 5]]), [null, [0, 1]]), options as never)).toThrow(
    /Got int32 \[1,3\]; expected numbers or bool \[1,1\]/,
  );
  const t5 = (await loadCase(caseOf('t5', 'first-random'))) as unknown as T5ForConditionalGeneration;
  const { cross } = t5.encode(int32([[4, 5]]), { attentionMask: int32([[1, 0]]) });
  const decoding = new KeyValueCache({ layers: 2, heads: 3, depth: 5, batch: 1 });
  expect(() => decoding.setCross(cross)).toThrow(/Got layers with counts and no lengths/);
});

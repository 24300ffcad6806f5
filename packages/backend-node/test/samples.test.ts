import { readFileSync } from 'node:fs';
import * as core from '@gai/core';
import { cachedPositions, onesLike, setDefaultBackend, tensor, toArray, zerosLike } from '@gai/core';
import { allSamples } from '@gai/core/testing';
import { beforeAll, expect, test } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const workspace = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** Functions whose numbers are held against others in a place that is not named after them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  at: 'packages/backend-node/test/indexing.parity.test.ts',
  avgPool3d: 'packages/core/src/testing/samples/pool.ts',
  cachedPositions: 'packages/backend-node/test/samples.test.ts',
  conv3d: 'packages/core/src/testing/samples/conv.ts',
  onesLike: 'packages/backend-node/test/samples.test.ts',
  quantizedEmbedding: 'packages/core/src/testing/samples/quantized.ts',
  zerosLike: 'packages/backend-node/test/samples.test.ts',
};

/** The functions that core exports from `ops/`. */
const functions = [...workspace('packages/core/src/index.ts').matchAll(/^export \{([^}]*)\} from '\.\/ops\//gm)]
  .flatMap(([, names]) => names!.split(',').map((name) => name.trim()))
  .filter((name) => typeof (core as Readonly<Record<string, unknown>>)[name] === 'function');

const fixture = 'packages/backend-node/test/fixtures/ops-reference.json';
const { cases } = JSON.parse(workspace(fixture)) as { cases: [name: string][] };
const compared = new Set([...allSamples.flatMap((family) => Object.keys(family)), ...cases.map(([name]) => name)]);

test('every public function of ops has samples, or a case that PyTorch, NumPy or SciPy computed', () => {
  expect(functions.length).toBeGreaterThan(200);
  expect(functions.filter((name) => !compared.has(name) && !(name in ELSEWHERE))).toEqual([]);
});

test('what is compared elsewhere is named there, and nothing else is listed', () => {
  for (const [name, path] of Object.entries(ELSEWHERE)) {
    expect(functions).toContain(name);
    expect(compared.has(name)).toBe(false);
    expect(workspace(path)).toMatch(new RegExp(`\\b${name}\\b`));
  }
});

test('zerosLike and onesLike take shape and dtype, and nothing that x holds', async () => {
  for (const [like, value] of [
    [zerosLike, 0],
    [onesLike, 1],
  ] as const) {
    expect(await toArray(like(tensor([[NaN, Infinity, -2]])))).toEqual([[value, value, value]]);
    expect(await toArray(like(tensor(7)))).toBe(value);
    const integers = like(tensor([3, -4], { dtype: 'int32' }));
    expect([integers.dtype, await toArray(integers)]).toEqual(['int32', [value, value]]);
    expect(await toArray(like(tensor([true, false])))).toEqual([value === 1, value === 1]);
    expect(like(tensor([], { shape: [0, 3] })).shape).toEqual([0, 3]);
  }
});

test('cachedPositions counts from each row, and puts what holds no key out of reach', async () => {
  const { query, key } = cachedPositions(tensor([2, 0, 3], { dtype: 'int32' }), 3, 2);
  expect(await toArray(query)).toEqual([
    [2, 3],
    [0, 1],
    [3, 4],
  ]);
  expect(await toArray(key)).toEqual([
    [0, 1, 2 ** 30, 2, 3],
    [2 ** 30, 2 ** 30, 2 ** 30, 0, 1],
    [0, 1, 2, 3, 4],
  ]);
  const first = cachedPositions(tensor([4], { dtype: 'int32' }), 0, 2);
  expect(await toArray(first.key)).toEqual(await toArray(first.query));
});

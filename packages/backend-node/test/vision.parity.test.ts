import { readFileSync } from 'node:fs';
import {
  avgPool2d,
  batchNorm,
  conv2d,
  convTranspose2d,
  layerNorm,
  maxPool2d,
  pad,
  reshape,
  setDefaultBackend,
  tensor,
  toArray,
} from '@gai/core';
import type { PadMode, Tensor } from '@gai/core';
import { allClose } from '@gai/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

interface ShapeRow {
  in: number;
  k: number;
  stride: number;
  pad: number;
  dilation: number;
  out_floor: number;
  out_ceil_pool: number;
  same_out: number;
  same_total_pad: number;
  'transpose_out(opad0)': number;
}

interface Reference {
  conv: {
    shapes: ShapeRow[];
    cross_correlation: Record<'x' | 'k' | 'valid' | 'zeros' | 'reflect' | 'replicate' | 'circular', number[][]>;
    pool_2x2_s2_on_5x5_arange: Record<'max_floor' | 'max_ceil' | 'avg_pad1_include' | 'avg_pad1_exclude', number[][]>;
  };
  norm: {
    x: number[][];
    'batchnorm_biased_eps1e-5': number[][];
    running_var_unbiased: number[];
    'layernorm_eps1e-5': number[][];
  };
}

const path = new URL('fixtures/vision.json', import.meta.url);
const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const image = (rows: number[][]): Tensor => tensor([[rows]]);
const zeros = (size: number): Tensor => tensor(new Float32Array(size * size), { shape: [1, 1, size, size] });
const plane = async (x: Tensor): Promise<number[][]> => ((await toArray(x)) as number[][][][])[0]![0]!;
const expectClose = (actual: unknown, expected: number[][]): void => {
  expect(allClose((actual as number[][]).flat(), expected.flat(), 1e-5), JSON.stringify(actual)).toBe(true);
};

describe('shapes', () => {
  it.each(reference.conv.shapes)('in $in, kernel $k, stride $stride, padding $pad, dilation $dilation', (row) => {
    const { in: size, k, stride, pad: padding, dilation } = row;
    const settings = { stride, padding, dilation };
    expect(conv2d(zeros(size), zeros(k), settings).shape).toEqual([1, 1, row.out_floor, row.out_floor]);
    expect(conv2d(zeros(size), zeros(k), { ...settings, padding: 'same' }).shape).toEqual([
      1,
      1,
      row.same_out,
      row.same_out,
    ]);
    const enlarged = row['transpose_out(opad0)'];
    expect(convTranspose2d(zeros(size), zeros(k), settings).shape).toEqual([1, 1, enlarged, enlarged]);
    // The explicit padding that 'same' stands for: half before, the rest after.
    const before = Math.floor(row.same_total_pad / 2);
    const sides = [before, row.same_total_pad - before] as const;
    expect(conv2d(zeros(size), zeros(k), { ...settings, padding: [sides, sides] }).shape).toEqual([
      1,
      1,
      row.same_out,
      row.same_out,
    ]);
  });

  const undilated = reference.conv.shapes.filter(({ dilation }) => dilation === 1);
  it.each(undilated)(
    'pool in $in, kernel $k, stride $stride, padding $pad',
    ({ in: size, k, stride, pad: padding, ...row }) => {
      const settings = { kernelSize: k, stride, padding };
      expect(maxPool2d(zeros(size), settings).shape).toEqual([1, 1, row.out_floor, row.out_floor]);
      const pooled = maxPool2d(zeros(size), { ...settings, ceilMode: true });
      expect(pooled.shape).toEqual([1, 1, row.out_ceil_pool, row.out_ceil_pool]);
    },
  );
});

describe('cross-correlation', () => {
  const { x, k, valid, ...bordered } = reference.conv.cross_correlation;
  it('without padding', async () => expectClose(await plane(conv2d(image(x), image(k), { padding: 'valid' })), valid));
  it('with zeros', async () =>
    expectClose(await plane(conv2d(image(x), image(k), { padding: 'same' })), bordered.zeros));
  it.each(['reflect', 'replicate', 'circular'] satisfies PadMode[])('with mode %s', async (mode) => {
    expectClose(await plane(conv2d(pad(image(x), [0, 0, 1, 1], { mode }), image(k))), bordered[mode]);
  });
});

describe('pools', () => {
  const expected = reference.conv.pool_2x2_s2_on_5x5_arange;
  const x = reshape(tensor(Float32Array.from({ length: 25 }, (_, index) => index)), [1, 1, 5, 5]);
  it('max', async () => expectClose(await plane(maxPool2d(x, { kernelSize: 2 })), expected.max_floor));
  it('max, rounded up', async () => {
    expectClose(await plane(maxPool2d(x, { kernelSize: 2, ceilMode: true })), expected.max_ceil);
  });
  it('mean, padding counted', async () => {
    expectClose(await plane(avgPool2d(x, { kernelSize: 2, padding: 1 })), expected.avg_pad1_include);
  });
  it('mean, padding not counted', async () => {
    const y = avgPool2d(x, { kernelSize: 2, padding: 1, countIncludePad: false });
    expectClose(await plane(y), expected.avg_pad1_exclude);
  });
});

describe('norms', () => {
  const { norm } = reference;
  const x = tensor(norm.x);
  it('batch', async () => {
    const { y, variance } = batchNorm(x);
    expectClose(await toArray(y), norm['batchnorm_biased_eps1e-5']);
    const rows = norm.x.length;
    const unbiased = ((await toArray(variance)) as number[]).map((value) => (value * rows) / (rows - 1));
    expectClose([unbiased], [norm.running_var_unbiased]);
  });
  it('layer', async () => expectClose(await toArray(layerNorm(x)), norm['layernorm_eps1e-5']));
});

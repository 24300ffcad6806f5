import { readFileSync } from 'node:fs';
import {
  add,
  data,
  evaluate,
  grad,
  layerNorm,
  matmul,
  mul,
  reshape,
  rmsNorm,
  setDefaultBackend,
  softmax,
  sum,
  tensor,
  toArray,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it, test } from 'vitest';
import {
  DotProductAttention,
  GatedFeedForward,
  GroupedQueryAttention,
  activation,
  alibiBias,
  alibiSlopes,
  applyRotary,
  attentionSteps,
  causalMask,
  paddingMask,
  prefixMask,
  relativeBuckets,
  ropeFrequencies,
  rotaryAngles,
  shiftRight,
  sinusoidalPositions,
  slidingWindowMask,
} from '../src/index.ts';
import type { ActivationName, RotaryLayout } from '../src/index.ts';
import { recipeValues } from './recipe.ts';

interface Reference {
  readonly activations: Readonly<Record<string, readonly number[]>>;
  readonly norms: Readonly<Record<string, readonly number[]>>;
  readonly sinusoidal: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly rope: {
    readonly q: readonly number[];
    readonly inv_freq: readonly number[];
    readonly llama_rotate_half: readonly { readonly pos: number; readonly out: readonly number[] }[];
    readonly gptj_interleaved: readonly { readonly pos: number; readonly out: readonly number[] }[];
    readonly llama3_scaling: { readonly inv_freq: readonly number[] };
  };
  readonly alibi_slopes: Readonly<Record<string, readonly number[] | string>>;
  readonly t5_relative_bucket: Readonly<Record<string, readonly number[]>>;
  readonly shift_tokens_right: { readonly t5: { readonly labels: number[]; readonly expected: number[] } };
}

const reference = JSON.parse(readFileSync(new URL('fixtures/blocks.json', import.meta.url), 'utf8')) as Reference;

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** Numbers of float32 that were computed in another order. */
async function expectClose(actual: Tensor, expected: readonly number[], tolerance = 1e-6): Promise<void> {
  const numbers = [...(await data(actual))].map(Number);
  expect(numbers.length).toBe(expected.length);
  for (const [index, value] of numbers.entries()) {
    expect(Math.abs(value - expected[index]!), `element ${index}: ${value}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[index]!)),
    );
  }
}

const drawn = (name: string, shape: number[]): Tensor => tensor(recipeValues(name, [shape, 0, 1]), { shape });
const int32 = (values: number[] | number[][]): Tensor => tensor(values as never, { dtype: 'int32' });

describe('activations', () => {
  const names: [ActivationName, string][] = [
    ['gelu', 'gelu_erf'],
    ['gelu_python', 'gelu_erf'],
    ['gelu_new', 'gelu_new_tanh'],
    ['gelu_fast', 'gelu_new_tanh'],
    ['gelu_pytorch_tanh', 'gelu_new_tanh'],
    ['quick_gelu', 'quick_gelu'],
    ['silu', 'silu'],
    ['swish', 'silu'],
  ];
  test.each(names)('%s', async (name, key) => {
    await expectClose(activation(name)(tensor([...reference.activations.x!])), reference.activations[key]!);
  });

  test('an unknown name is refused', () => {
    expect(() => activation('gleu' as never)).toThrow(/Got gleu; expected one of gelu, /);
  });
});

test('norms divide by n', async () => {
  const x = tensor([...reference.norms.x!]);
  await expectClose(layerNorm(x, { eps: 1e-12 }), reference.norms.layernorm_eps1e12!);
  await expectClose(layerNorm(x, { eps: 1e-5 }), reference.norms.layernorm_eps1e5!);
  await expectClose(rmsNorm(x, { eps: 1e-6 }), reference.norms.rmsnorm_eps1e6!);
});

describe('positions', () => {
  test('sinusoids in three layouts', async () => {
    const flat = (key: string): number[] => reference.sinusoidal[key]!.flat();
    await expectClose(sinusoidalPositions(5, 8), flat('interleaved_vaswani_distilbert_sinusoidal'));
    await expectClose(sinusoidalPositions(5, 8, { layout: 'halves' }), flat('concat_pegasus_marian'));
    await expectClose(
      sinusoidalPositions(5, 8, { layout: 'halves', reachesBase: true }),
      flat('fairseq_halfdim_minus_1'),
    );
  });

  const layouts: [RotaryLayout, 'llama_rotate_half' | 'gptj_interleaved'][] = [
    ['halves', 'llama_rotate_half'],
    ['interleaved', 'gptj_interleaved'],
  ];
  test.each(layouts)('rotary, %s', async (layout, key) => {
    const q = reshape(tensor([...reference.rope.q]), [1, 1, 1, 8]);
    for (const { pos, out } of reference.rope[key]) {
      const angles = rotaryAngles(int32([pos]), 8, { ropeType: 'default', ropeTheta: 10_000 });
      await expectClose(applyRotary(q, angles, layout), out);
    }
  });

  test('rotary products depend on the distance alone', async () => {
    const [q, k] = [drawn('q', [1, 1, 1, 8]), drawn('k', [1, 1, 1, 8])];
    const turned = (x: Tensor, at: number): Tensor =>
      applyRotary(x, rotaryAngles(int32([at]), 8, { ropeType: 'default', ropeTheta: 100 }));
    const product = (m: number, n: number): Tensor => sum(mul(turned(q, m), turned(k, n)));
    const [near] = await data(product(3, 1));
    await expectClose(product(103, 101), [Number(near)], 1e-5);
  });

  test('rotary frequencies, scaled', async () => {
    await expectClose(tensor(ropeFrequencies(8, { ropeType: 'default', ropeTheta: 10_000 })), reference.rope.inv_freq);
    const linear = ropeFrequencies(8, { ropeType: 'linear', ropeTheta: 10_000, factor: 4 });
    await expectClose(
      tensor(linear),
      reference.rope.inv_freq.map((angle) => angle / 4),
    );
    const llama3 = ropeFrequencies(16, {
      ropeType: 'llama3',
      ropeTheta: 500_000,
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositionEmbeddings: 8192,
    });
    for (const [index, angle] of reference.rope.llama3_scaling.inv_freq.entries())
      expect(llama3[index]! / angle).toBeCloseTo(1, 6);
  });

  test.each(layouts)('rotary of a part of the features, %s', async (layout) => {
    const x = reshape(tensor([1, 2, 3, 4, 5, 6, 7, 8]), [1, 1, 1, 8]);
    const parameters = { ropeType: 'default', ropeTheta: 100 } as const;
    const part = applyRotary(x, rotaryAngles(int32([3]), 8, { ...parameters, partialRotaryFactor: 0.5 }), layout);
    const first = reshape(tensor([1, 2, 3, 4]), [1, 1, 1, 4]);
    const turned = (await toArray(
      applyRotary(first, rotaryAngles(int32([3]), 4, parameters), layout),
    )) as number[][][][];
    await expectClose(part, [...turned[0]![0]![0]!, 5, 6, 7, 8]);
    expect(() => applyRotary(first, rotaryAngles(int32([3]), 8, parameters), layout)).toThrow(
      /Got 4 pairs for x \[1,1,1,4\]/,
    );
  });

  test('rotary positions want what their scaling needs', () => {
    expect(() => ropeFrequencies(8, { ropeType: 'linear', ropeTheta: 10 })).toThrow(/'linear' without factor/);
    expect(() => ropeFrequencies(8, { ropeType: 'dynamic', ropeTheta: 10, factor: 2 })).toThrow(
      /without maxPositionEmbeddings/,
    );
    const dynamic = { ropeType: 'dynamic', ropeTheta: 10, factor: 2, maxPositionEmbeddings: 8 } as const;
    expect(() => ropeFrequencies(2, dynamic)).toThrow(/Got 2 features with ropeType 'dynamic'/);
    // In a text twice as long the slowest pair turns as fast as if all positions were halved, or so.
    const [usual, long] = [ropeFrequencies(8, dynamic, 8), ropeFrequencies(8, dynamic, 12)];
    expect(long[0]).toBe(usual[0]);
    expect(usual[3]! / long[3]!).toBeCloseTo(2, 5);
  });

  test('an odd head cannot be turned', () => {
    expect(() => rotaryAngles(int32([0]), 7, { ropeType: 'default', ropeTheta: 10 })).toThrow(
      /Got 7 features of a head/,
    );
  });

  test.each([8, 12, 16])('ALiBi with %d heads', async (heads) => {
    await expectClose(tensor(alibiSlopes(heads)), reference.alibi_slopes[heads] as number[]);
    const bias = (await toArray(alibiBias(heads, 2, 3))) as number[][][];
    expect(bias[heads - 1]).toEqual([
      [-1, 0, 1].map((distance) => Math.fround(distance * Math.fround(alibiSlopes(heads)[heads - 1]!))),
      [-2, -1, 0].map((distance) => Math.fround(distance * Math.fround(alibiSlopes(heads)[heads - 1]!))),
    ]);
  });

  test("T5's buckets", async () => {
    const near = Array.from({ length: 41 }, (_, index) => index - 20);
    const table = reference.t5_relative_bucket;
    expect([...(await data(relativeBuckets(int32(near))))]).toEqual(table['bidirectional_-20_to_20']);
    expect([...(await data(relativeBuckets(int32(near), { bidirectional: false })))]).toEqual(
      table['unidirectional_-20_to_20'],
    );
    const back = Array.from({ length: 300 }, (_, distance) => -distance);
    const buckets = [...(await data(relativeBuckets(int32(back))))].map(Number);
    const first = Array.from({ length: 16 }, (_, bucket) => buckets.indexOf(bucket));
    expect(first).toEqual(table.first_index_of_each_bidirectional_negative_bucket);
    // Of 32 buckets in one direction 16 are for single distances: the reference's formula counts backwards from there.
    const narrow = { maxDistance: 9, bidirectional: false };
    expect(() => relativeBuckets(int32(near), narrow)).toThrow(/Got numBuckets 32 and maxDistance 9/);
    expect(() => relativeBuckets(int32(near), { numBuckets: 2 })).toThrow(/at least one, here 0/);
  });

  test("labels become the decoder's inputs", async () => {
    const { labels, expected } = reference.shift_tokens_right.t5;
    expect(await toArray(shiftRight(int32([labels]), { decoderStartTokenId: 0, padTokenId: 0 }))).toEqual([expected]);
    expect(() => shiftRight(int32([labels]), { decoderStartTokenId: null, padTokenId: 0 })).toThrow(
      /Got decoderStartTokenId null/,
    );
  });
});

describe('attention', () => {
  /** Softmax of what is not masked, in single steps. */
  const plain = (q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: number): Tensor =>
    matmul(softmax(where(mask, mul(matmul(q, k, { transposeB: true }), scale), -1e9)), v);
  const [q, k, v] = ['q', 'k', 'v'].map((name) => drawn(name, [2, 3, 5, 4])) as [Tensor, Tensor, Tensor];

  test.each([
    ['causal', causalMask(5)],
    [
      'padding',
      paddingMask(
        int32([
          [1, 1, 1, 0, 0],
          [1, 0, 1, 1, 1],
        ]),
      ),
    ],
    ['prefix', prefixMask(int32([2, 4]), 5)],
    ['sliding', slidingWindowMask(5, 2)],
    ['sliding in both directions', slidingWindowMask(5, 2, { isCausal: false })],
  ])('with a %s mask is the plain formula', async (_, mask) => {
    const expected = [...(await data(plain(q, k, v, mask, 0.5)))].map(Number);
    await expectClose(new DotProductAttention().forward(q, k, v, { mask }), expected, 1e-5);
    await expectClose(attentionSteps(q, k, v, { mask }).output, expected, 1e-5);
  });

  test('gives every intermediate', async () => {
    const steps = attentionSteps(q, k, v, { isCausal: true, scale: 0.3 });
    const scores = [...(await data(matmul(q, k, { transposeB: true })))].map(Number);
    await expectClose(steps.scores, scores, 1e-5);
    await expectClose(
      steps.scaled,
      scores.map((score) => score * 0.3),
      1e-5,
    );
    const weighted = [...(await data(matmul(steps.weights, v)))].map(Number);
    await expectClose(steps.output, weighted, 1e-5);
    for (const total of await data(sum(steps.weights, { axis: -1 }))) expect(Number(total)).toBeCloseTo(1, 5);
    expect([...(await data(steps.weights))].slice(0, 5)).toEqual([1, 0, 0, 0, 0]);
  });

  test('of grouped queries is that of repeated keys', async () => {
    const [one, other] = [drawn('grouped', [2, 1, 5, 4]), drawn('values', [2, 1, 5, 4])];
    const wide = (x: Tensor): Tensor => add(x, tensor(new Float32Array(2 * 3 * 5 * 4), { shape: [2, 3, 5, 4] }));
    const expected = [...(await data(plain(q, wide(one), wide(other), causalMask(5), 0.5)))].map(Number);
    await expectClose(new DotProductAttention().forward(q, one, other, { isCausal: true }), expected, 1e-5);
    await expectClose(attentionSteps(q, one, other, { isCausal: true }).output, expected, 1e-5);
  });

  it('crosses to another sequence', async () => {
    const layer = new GroupedQueryAttention({ dim: 8, numHeads: 4, numKeyValueHeads: 2, headDim: 3, bias: true });
    const [x, source] = [drawn('x', [2, 3, 8]), drawn('source', [2, 5, 8])];
    const y = layer.forward(x, { source });
    expect(y.shape).toEqual([2, 3, 8]);
    await evaluate(grad((given: Tensor) => sum(layer.forward(x, { source: given })))(source));
    expect(() => new GroupedQueryAttention({ dim: 8, numHeads: 4, numKeyValueHeads: 3 })).toThrow(
      /numKeyValueHeads to divide numHeads/,
    );
  });

  test('drops weights in training only', async () => {
    const layer = new DotProductAttention({ dropout: 0.5 });
    const [kept, dropped] = [await data(layer.eval().forward(q, k, v)), await data(layer.train().forward(q, k, v))];
    expect([...dropped]).not.toEqual([...kept]);
    await expectClose(layer.eval().forward(q, k, v), [...kept].map(Number));
  });
});

test('GeGLU and SwiGLU are gates', async () => {
  for (const name of ['silu', 'gelu'] as const) {
    const layer = new GatedFeedForward({ dim: 3, hiddenDim: 5, activation: name, std: 0.5 });
    const x = drawn('x', [2, 3]);
    const gate = activation(name)(matmul(x, layer.gate_proj.weight, { transposeB: true }));
    const expected = matmul(mul(gate, matmul(x, layer.up_proj.weight, { transposeB: true })), layer.down_proj.weight, {
      transposeB: true,
    });
    await expectClose(layer.forward(x), [...(await data(expected))].map(Number), 1e-5);
  }
});

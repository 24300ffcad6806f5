import { cast, data, evaluate, grad, mul, setDefaultBackend, sum, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key } from '@gai/core/random';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { MultiheadAttention } from '../src/layers/index.ts';
import type { MultiheadAttentionMasks, MultiheadAttentionOptions } from '../src/layers/index.ts';
import { withRandomKey } from '../src/random-scope.ts';
import { expectClose, readFixture, unpack, unpackAll } from './fixture.ts';
import type { Packed } from './fixture.ts';

interface AttentionCase {
  readonly name: string;
  readonly options: MultiheadAttentionOptions;
  readonly state: Readonly<Record<string, Packed>>;
  readonly inputs: readonly [Packed, Packed, Packed];
  readonly masks: Readonly<Record<string, Packed>>;
  readonly isCausal: boolean;
  readonly cotangent: Packed;
  readonly output: Packed;
  readonly weights: Packed;
  readonly gradients: readonly Packed[];
  readonly parameterGradients: Readonly<Record<string, Packed>>;
}

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** Bools are 0 and 1 in the file. */
const asMask = (packed: Packed): Tensor => (packed.dtype === 'int32' ? cast(unpack(packed), 'bool') : unpack(packed));

describe('MultiheadAttention agrees with PyTorch', () => {
  const cases = readFixture<AttentionCase[]>('attention.json');

  it.each(cases.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    const layer = new MultiheadAttention(one.options);
    layer.loadStateDict(unpackAll(one.state));
    const masks: MultiheadAttentionMasks = {
      isCausal: one.isCausal,
      ...Object.fromEntries(Object.entries(one.masks).map(([name, mask]) => [name, asMask(mask)])),
    };
    const [query, key_, value] = one.inputs.map(unpack) as [Tensor, Tensor, Tensor];
    await expectClose(layer.forward(query, key_, value, masks), one.output, 'output');
    await expectClose(layer.weights(query, key_, masks), one.weights, 'weights');
    const parameters = layer.namedParameters();
    const state = Object.fromEntries([...parameters].map(([name, parameter]) => [name, parameter.value]));
    const gradients = grad((given: { inputs: Tensor[]; state: Record<string, Tensor> }) => {
      for (const [name, parameter] of parameters) parameter.assign(given.state[name]!);
      const [q, k, v] = given.inputs as [Tensor, Tensor, Tensor];
      return sum(mul(layer.forward(q, k, v, masks), unpack(one.cotangent)));
    })({ inputs: [query, key_, value], state });
    await evaluate(...gradients.inputs, ...Object.values(gradients.state));
    for (const [index, gradient] of gradients.inputs.entries()) {
      await expectClose(gradient, one.gradients[index]!, `gradient of input ${index}`);
    }
    for (const [name, expected] of Object.entries(one.parameterGradients)) {
      await expectClose(gradients.state[name], expected, `gradient of ${name}`);
    }
  });
});

describe('MultiheadAttention', () => {
  const x = tensor(
    Float32Array.from({ length: 48 }, (_, i) => Math.sin(i)),
    { shape: [2, 3, 8] },
  );
  const make = (dropout = 0): MultiheadAttention =>
    new MultiheadAttention({ embedDim: 8, numHeads: 2, batchFirst: true, dropout });
  const numbers = async (value: Tensor): Promise<number[]> => [...(await data(value))].map(Number);

  it('gives the last bias to queries that may attend to nothing', async () => {
    const layer = make();
    layer.out_proj.bias!.assign(tensor([1, 2, 3, 4, 5, 6, 7, 8]));
    const keyPaddingMask = tensor([
      [true, true, true],
      [false, false, false],
    ]);
    const found = await numbers(layer.forward(x, x, x, { keyPaddingMask }));
    expect(found.slice(0, 24)).toEqual([1, 2, 3].flatMap(() => [1, 2, 3, 4, 5, 6, 7, 8]));
    expect(found.every(Number.isFinite)).toBe(true);
  });

  it('drops weights in training only, the same for the same key', async () => {
    const layer = make(0.5);
    const run = (seed: number): Promise<number[]> => numbers(withRandomKey(key(seed), () => layer.forward(x)));
    const [a, again, other] = [await run(0), await run(0), await run(1)];
    expect(again).toEqual(a);
    expect(other).not.toEqual(a);
    layer.eval();
    const sure = await numbers(layer.forward(x));
    expect(await numbers(layer.forward(x))).toEqual(sure);
    expect(sure).not.toEqual(a);
  });

  it('refuses what does not fit', () => {
    expect(() => new MultiheadAttention({ embedDim: 8, numHeads: 3 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: MultiheadAttention: the features cannot be divided. Got embedDim 8 and numHeads 3; expected a multiple of numHeads. Choose another number of heads.]`,
    );
    expect(() => make(2)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: MultiheadAttention: dropout is not a probability. Got 2; expected a number from 0 to 1.]`,
    );
    expect(() => make().forward(x, x, x, { keyPaddingMask: tensor([0, 1]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: MultiheadAttention: keyPaddingMask does not fit. Got float32 [2]; expected bool [batch,keys], true for padding.]`,
    );
    expect(() => make().forward(tensor([[1, 2]]))).toThrow('wrong number of axes');
  });
});

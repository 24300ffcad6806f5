import { describe, expect, it } from 'vitest';
import { decodeModel, operatorsOf } from '../../test/decode-model.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Tensor } from '../ir/tensor.ts';
import { cpuCapabilities } from '../backend/providers.ts';
import { PORTABLE, nativeTarget } from '../lowering/target.ts';
import { emit } from '../onnx/emit.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import { cachedAttention } from './cached-attention.ts';
import type { CachedAttentionOptions } from './cached-attention.ts';

const preferred = ['com.microsoft.FusedMatMul', 'com.microsoft.GroupQueryAttention'];
const native = nativeTarget({ provider: 'mine', capabilities: { ...cpuCapabilities, preferred } });

function operators(past: number | string, target: OnnxTarget): string[] {
  const specs = [
    spec(['batch', 4, 'time', 8]),
    ...[0, 1].map(() => spec(['batch', 2, 'time', 8])),
    ...[0, 1].map(() => spec(['batch', 2, past, 8])),
    spec(['batch'], 'int32'),
  ];
  const run = (...[q, k, v, key, value, lengths]: Tensor[]): Tensor =>
    cachedAttention(q!, k!, v!, { key: key!, value: value!, lengths: lengths! });
  const graph = trace(run, specs);
  const inputNames = specs.map((_, index) => `i${index}`);
  return operatorsOf(decodeModel(emit({ graph, inputNames, outputNames: ['y'], target }).bytes).graph);
}

describe('what is written', () => {
  it('products with the two pieces; the past is never copied', () => {
    const found = operators('past', native);
    expect(found.filter((operator) => operator === 'com.microsoft.FusedMatMul')).toHaveLength(2);
    expect(found.filter((operator) => /Transpose|Expand|Tile/.test(operator))).toEqual([]);
  });
  it('plain causal attention where there is no past', () => {
    expect(operators(0, native)).toContain('com.microsoft.GroupQueryAttention');
  });
  it('operators of the standard in a file', () => {
    const found = operators('past', PORTABLE);
    expect(found.filter((operator) => operator.includes('.'))).toEqual([]);
  });
});

describe('refused', () => {
  const of = (...shape: number[]): Tensor =>
    tensor(new Float32Array(shape.reduce((product, size) => product * size, 1)), { shape });
  const lengths = tensor([1, 2], { dtype: 'int32' });
  const [q, k, past] = [of(2, 4, 1, 8), of(2, 2, 1, 8), of(2, 2, 3, 8)];
  const run =
    (changed: Readonly<Record<string, Tensor>>, options: CachedAttentionOptions = {}) =>
    (): Tensor => {
      const all = { q, k, v: k, key: past, value: past, lengths, ...changed };
      return cachedAttention(all.q, all.k, all.v, { key: all.key, value: all.value, lengths: all.lengths }, options);
    };

  it('a cache of other sizes', () => {
    expect(run({})().shape).toEqual([2, 4, 1, 8]);
    expect(run({ key: of(2, 4, 3, 8) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: cachedAttention: the cache does not fit. Got query [2,4,1,8], key [2,2,1,8], value [2,2,1,8], past.key [2,4,3,8], past.value [2,2,3,8], past.lengths int32 [2]; expected query [batch,heads,time,depth], key and value [batch,keyHeads,time,depth], past [batch,keyHeads,past,depth] and int32 lengths [batch], a depth of at least 1. Transpose or reshape them.]`,
    );
    expect(run({ lengths: tensor([1, 2]) })).toThrow('past.lengths float32 [2]');
    expect(run({ lengths: tensor([1], { dtype: 'int32' }) })).toThrow('past.lengths int32 [1]');
    expect(run({ key: of(2, 2, 3, 4) })).toThrow('cachedAttention: sizes do not fit');
    expect(run({ q: of(2, 3, 1, 8) })).toThrow('cachedAttention: the heads cannot be shared');
    expect(run({ q: of(4, 1, 8) })).toThrow('the cache does not fit');
  });
  it('settings that are none', () => {
    expect(run({}, { window: 0 })).toThrow('cachedAttention: window is not a number of keys');
    expect(run({}, { scale: Infinity })).toThrow('cachedAttention: scale is not a number');
    expect(run({}, { mask: of(2, 5) })).toThrow('cachedAttention: the mask does not fit');
  });
});

import { describe, expect, it } from 'vitest';
import { decodeModel, operatorsOf } from '../../test/decode-model.ts';
import { cpuCapabilities } from '../backend/providers.ts';
import { PORTABLE, nativeTarget } from '../lowering/target.ts';
import { emit } from '../onnx/emit.ts';
import { formatShape } from '../shape.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { TensorSpec } from '../trace/trace.ts';
import { attentionWeights, scaledDotProductAttention } from './attention.ts';
import type { AttentionOptions } from './attention.ts';

const preferred = ['com.microsoft.FusedMatMul', 'com.microsoft.GroupQueryAttention'];
const native = nativeTarget({ provider: 'mine', capabilities: { ...cpuCapabilities, preferred } });

function operators(
  specs: readonly [TensorSpec, TensorSpec, TensorSpec],
  options: AttentionOptions,
  target = native,
): string[] {
  const graph = trace((q: Tensor, k: Tensor, v: Tensor) => scaledDotProductAttention(q, k, v, options), [...specs]);
  const { bytes } = emit({ graph, inputNames: ['q', 'k', 'v'], outputNames: ['y'], target });
  return operatorsOf(decodeModel(bytes).graph);
}

describe('what is written', () => {
  const x = spec(['batch', 2, 'time', 8]);

  it('for causal attention on the CPU: the kernel that leaves out what is masked', () => {
    expect(operators([x, x, x], { isCausal: true })).toContain('com.microsoft.GroupQueryAttention');
    const shared = spec(['batch', 1, 'time', 8]);
    const found = operators([x, shared, shared], { isCausal: true, enableGqa: true, window: 3 });
    expect(found).toContain('com.microsoft.GroupQueryAttention');
  });

  it.each<[string, TensorSpec, AttentionOptions, OnnxTarget]>([
    ['without a mask', x, {}, native],
    ['with an offset', x, { isCausal: true, offset: 2 }, native],
    ['with a depth the kernel does not take', spec(['batch', 2, 'time', 6]), { isCausal: true }, native],
    ['in float64', spec(['batch', 2, 'time', 8], 'float64'), { isCausal: true }, native],
    [
      'where it is not faster',
      x,
      { isCausal: true },
      nativeTarget({ provider: 'wasm', capabilities: cpuCapabilities }),
    ],
    ['to a file', x, { isCausal: true }, PORTABLE],
  ])('%s: one softmax', (_, each, options, target) => {
    const found = operators([each, each, each], options, target);
    expect(found.filter((operator) => /Softmax|GroupQuery/.test(operator))).toEqual(['Softmax']);
    if (target.mode === 'portable') expect(found.filter((operator) => operator.includes('.'))).toEqual([]);
  });
});

describe('shapes', () => {
  it('of results with symbolic sizes', () => {
    const specs = [spec(['b', 'q', 4]), spec(['b', 'k', 4]), spec(['b', 'k', 3])];
    const graph = trace(
      (q: Tensor, k: Tensor, v: Tensor) => [scaledDotProductAttention(q, k, v), attentionWeights(q, k)],
      specs,
    );
    expect(graph.outputs.map(({ shape }) => formatShape(shape))).toEqual(['[b,q,3]', '[b,q,k]']);
  });
});

describe('refused', () => {
  const of = (...shape: number[]): Tensor =>
    tensor(new Float32Array(shape.reduce((product, size) => product * size, 1)), { shape });
  const [q, k] = [of(2, 3, 4), of(2, 5, 4)];

  it('sizes that do not fit', () => {
    expect(() => scaledDotProductAttention(q, of(2, 5, 3), k)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaledDotProductAttention: sizes do not fit. Got query [2,3,4], key [2,5,3], value [2,5,4]; expected query [...,queries,depth], key [...,keys,depth] and value [...,keys,valueDepth]. Transpose or reshape them.]`,
    );
    expect(() => scaledDotProductAttention(q, k, of(2, 4, 4))).toThrow('scaledDotProductAttention: sizes do not fit');
    expect(() => attentionWeights(of(4), k)).toThrow('attentionWeights: sizes do not fit');
    expect(() => attentionWeights(of(3, 3, 4), k)).toThrow('shapes do not broadcast');
  });
  it('masks that do not fit', () => {
    expect(() => attentionWeights(q, k, { mask: of(2, 5) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: attentionWeights: the mask does not fit. Got mask [2,5] for scores [2,3,5]; expected sizes that broadcast to [...,queries,keys]. Add axes of size 1 with unsqueeze.]`,
    );
    expect(() => attentionWeights(q, k, { mask: of(7, 2, 3, 5) })).toThrow('the mask does not fit');
    expect(() =>
      attentionWeights(q, k, { mask: tensor([1, 0], { dtype: 'int32' }) }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: attentionWeights: not a mask. Got int32 [2]; expected bool (true: attend) or a float that is added to the scores. Use cast(mask, 'bool').]`,
    );
  });
  it('dtypes that differ or do not count', () => {
    expect(() =>
      attentionWeights(q, tensor(new Float64Array(40), { shape: [2, 5, 4] })),
    ).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: attentionWeights: the dtypes do not fit. Got query float32, key float64, value float64; expected one float dtype. Cast them.]`,
    );
    expect(() => attentionWeights(tensor([[1]], { dtype: 'int32' }), tensor([[1]], { dtype: 'int32' }))).toThrow(
      'expected one float dtype',
    );
  });
  it('queries and keys of different lengths, where it is not said how they lie', () => {
    expect(() => attentionWeights(q, k, { isCausal: true })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: attentionWeights: it is not said where the queries stand among the keys. Got 3 queries and 5 keys with isCausal or window; expected equal lengths, or an offset. Pass offset: 0 if both begin at the same place, or the number of keys before the first query (a decoder's past).]`,
    );
    expect(() => attentionWeights(q, k, { window: 2 })).toThrow('it is not said where the queries stand');
    const sizes = (): unknown =>
      trace((a: Tensor, b: Tensor) => attentionWeights(a, b, { isCausal: true }), [spec(['n', 4]), spec(['past', 4])]);
    expect(sizes).toThrow('Got n queries and past keys');
    const same = trace((a: Tensor) => attentionWeights(a, a, { isCausal: true, window: 2 }), [spec(['n', 4])]);
    expect(formatShape(same.outputs[0]!.shape)).toBe('[n,n]');
  });
  it('offsets that do not fit or have no effect', () => {
    const offset = tensor([0, 1, 2], { dtype: 'int32' });
    expect(() => attentionWeights(q, k, { isCausal: true, offset })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: attentionWeights: the offset does not fit. Got int32 [3] for scores [2,3,5]; expected int32 with the first of the sizes before [queries,keys], usually [batch]. Cast or reshape it.]`,
    );
    expect(() => attentionWeights(q, k, { isCausal: true, offset: tensor([0, 1]) })).toThrow('Got float32 [2]');
    expect(() => attentionWeights(q, k, { isCausal: true, offset: 0.5 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: attentionWeights: the offset is not a position. Got 0.5; expected a whole number, a size or an int32 tensor.]`,
    );
    expect(() => attentionWeights(q, k, { offset: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: attentionWeights: the offset has no effect. Got offset without isCausal and window; expected one of them. Leave the offset out, or set isCausal.]`,
    );
  });
  it('windows that are no number of keys', () => {
    expect(() => attentionWeights(q, q, { isCausal: true, window: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: attentionWeights: window is not a number of keys. Got 0; expected a whole number of at least 1 (a query's own place counts). Leave it out to reach every key.]`,
    );
    expect(() => attentionWeights(q, q, { window: 1.5 })).toThrow('Got 1.5');
  });
  it('heads that cannot be shared', () => {
    const many = of(1, 4, 3, 2);
    const run = (): Tensor => scaledDotProductAttention(many, of(1, 3, 3, 2), of(1, 3, 3, 2), { enableGqa: true });
    expect(run).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: scaledDotProductAttention: the heads cannot be shared. Got query [1,4,3,2] and key or value [1,3,3,2]; expected heads (4) that 3 divides in axis -3.]`,
    );
  });
  it('scales that are no numbers', () => {
    expect(() => attentionWeights(q, k, { scale: Number.NaN })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: attentionWeights: scale is not a number. Got NaN; expected a finite number.]`,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { decodeModel, operatorsOf } from '../../test/decode-model.ts';
import { emit } from '../onnx/emit.ts';
import { formatShape } from '../shape.ts';
import type { OnnxTarget } from '../ir/onnx-binding.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { TensorSpec } from '../trace/trace.ts';
import { attentionWeights, scaledDotProductAttention } from './attention.ts';
import type { AttentionOptions } from './attention.ts';

const native: OnnxTarget = { mode: 'native', provider: 'cpu', opset: 20 };

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
  });

  it.each<[string, TensorSpec, AttentionOptions, OnnxTarget]>([
    ['without a mask', x, {}, native],
    ['with a depth the kernel does not take', spec(['batch', 2, 'time', 6]), { isCausal: true }, native],
    ['in float64', spec(['batch', 2, 'time', 8], 'float64'), { isCausal: true }, native],
    ['for other providers', x, { isCausal: true }, { ...native, provider: 'wasm' }],
    ['to a file', x, { isCausal: true }, { ...native, mode: 'portable' }],
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

import { describe, expect, it } from 'vitest';
import { formatShape } from '../shape.ts';
import { tensor } from '../trace/literal.ts';
import { spec, trace } from '../trace/trace.ts';
import type { Tensor } from '../ir/tensor.ts';
import { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, rmsNorm } from './norm.ts';

describe('shapes', () => {
  it('of y, mean and variance with symbolic sizes', () => {
    const graph = trace((x: Tensor) => batchNorm(x), [spec(['n', 3, 'h', 'w'])]);
    expect(graph.outputs.map(({ shape }) => formatShape(shape))).toEqual(['[n,3,h,w]', '[3]', '[3]']);
  });
});

describe('refused', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  it('weights that do not fit', () => {
    expect(() => layerNorm(x, { weight: tensor([1, 2]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: layerNorm: weight or bias does not fit. Got float32 [2] for x float32 [2,3]; expected float32 [3], the normalised axes. Reshape or cast it.]`,
    );
    expect(() => batchNorm(x, { weight: tensor([1, 2]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: batchNorm: not one value per channel. Got float32 [2] for x float32 [2,3]; expected x [batch,channels,...] and float32 [3]. Reshape it.]`,
    );
    const statistics = { mean: tensor([1]), variance: tensor([1]) };
    expect(() => batchNorm(x, { statistics })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: batchNorm: not one value per channel. Got float32 [1] for x float32 [2,3]; expected x [batch,channels,...] and float32 [3]. Reshape it.]`,
    );
  });
  it('what has no channels, and what is no float', () => {
    expect(() => batchNorm(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: batchNorm: not one value per channel. Got float32 [] for x float32 [2]; expected x [batch,channels,...] and float32 [channels]. Reshape it.]`,
    );
    expect(() => layerNorm(tensor([1], { dtype: 'int32' }))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: layerNorm: not a float. Got int32 [1]; expected float32. Use cast(x, 'float32').]`,
    );
  });
  it('groups and neighbours that there are not', () => {
    const images = tensor(new Float32Array(12), { shape: [1, 3, 2, 2] });
    expect(() => groupNorm(images, { numGroups: 2 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: groupNorm: the channels cannot be divided. Got x [1,3,2,2] and numGroups 2; expected [batch,channels,...] with channels that numGroups divides. Choose another numGroups.]`,
    );
    expect(() => groupNorm(images, { numGroups: 0 })).toThrow('the channels cannot be divided');
    expect(() => groupNorm(images, { numGroups: 3, weight: tensor([1, 2]) })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: groupNorm: not one value per channel. Got float32 [2] for x float32 [1,3,2,2]; expected x [batch,channels,...] and float32 [3]. Reshape it.]`,
    );
    expect(() => instanceNorm(x)).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: instanceNorm: one value per channel has no variance. Got x [2,3]; expected [batch,channels,...] with at least one axis after the channels. Use layerNorm for rows of features.]`,
    );
    expect(() => rmsNorm(x, { weight: tensor([1, 2]) })).toThrow('rmsNorm: weight or bias does not fit');
    expect(() => localResponseNorm(images, { size: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: localResponseNorm: no neighbouring channels. Got x [1,3,2,2] and size 0; expected [batch,channels,...] and a whole number of at least 1.]`,
    );
  });
});

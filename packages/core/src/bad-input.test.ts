import { describe, expect, it } from 'vitest';
import * as core from './index.ts';
import { tensor } from './index.ts';
import type { Tensor } from './index.ts';
import { refusalsOf } from './testing/refused.ts';

const zeros = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });
const ints = (...values: number[]): Tensor => tensor(values, { dtype: 'int32' });
const x = zeros(2, 3);
const image = zeros(1, 1, 4, 4);
const kernel = zeros(1, 1, 3, 3);

describe('operands that are refused while the graph is built', () => {
  it('what is no tensor', () => {
    expect(
      refusalsOf(core, [
        ['sum', [1, 2]],
        ['exp', undefined],
        ['add', new Float32Array(3), 1],
        ['mul', x, '2'],
        ['sub', x, 1n],
        ['matmul', x, Promise.resolve(x)],
        ['softmax', { shape: [2], dtype: 'float32' }],
        ['elu', x, {}],
        ['concat', x],
        ['stack', undefined],
        ['meshgrid', zeros(3)],
        ['einsum', x, x],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "DataError: sum: not a tensor. Got an array; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "DataError: exp: not a tensor. Got undefined; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "DataError: add: not a tensor. Got an object; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "DataError: mul: not a tensor. Got 2; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "DataError: sub: not a tensor. Got 1; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "DataError: matmul: not a tensor. Got a promise; expected a tensor, a number or a boolean. Await it.",
        "DataError: softmax: not a tensor. Got an object; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "DataError: elu: not a tensor. Got an object; expected a tensor, a number or a boolean. Make one with tensor(...).",
        "ArgumentError: concat: tensors does not fit. Got a tensor; expected a list of tensors. Look at how concat is called.",
        "ArgumentError: stack: tensors does not fit. Got undefined; expected a list of tensors. Look at how stack is called.",
        "ArgumentError: meshgrid: vectors does not fit. Got a tensor; expected a list of tensors. Look at how meshgrid is called.",
        "ArgumentError: einsum: the equation does not fit. Got a tensor; expected a string such as 'ij,jk->ik', and it comes first. Look at how einsum is called.",
      ]
    `);
  });
  it('axes', () => {
    expect(
      refusalsOf(core, [
        ['sum', x, { axis: NaN }],
        ['mean', x, { axis: [1, -1] }],
        ['max', x, { axis: '1' }],
        ['prod', x, { axis: null }],
        ['cumprod', x, { axis: [0] }],
        ['argmax', x, { axis: 2 }],
        ['sort', tensor(1)],
        ['flip', x, { axis: 2 }],
        ['unsqueeze', x, [0, 0]],
        ['flatten', x, { startAxis: 1, endAxis: 0 }],
        ['moveAxis', x, 0, 2],
        ['diagonal', x, { axes: [0, 0] }],
        ['transpose', x, [0, 0]],
        ['roll', x, 1, { axis: 2 }],
        ['unstack', x, { axis: -3 }],
        ['layerNorm', x, { axis: 2 }],
        ['tensordot', x, x, [[0], [2]]],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "ShapeError: sum: no such axis. Got axis NaN of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: mean: an axis is named twice. Got axes [1,-1] of a tensor with 2 axes; expected each at most once. Name it once.",
        "ArgumentError: max: the axis does not fit. Got '1'; expected a number from -2 to 1, or a list of them. Look at how max is called.",
        "ArgumentError: prod: the axis does not fit. Got null; expected a number from -2 to 1, or a list of them. Look at how prod is called.",
        "ShapeError: cumprod: no such axis. Got axis [0] of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: argmax: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: sort: a scalar has no axes. Got axis -1 and shape []; expected at least one axis. Reshape it first.",
        "ShapeError: flip: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: unsqueeze: an axis is named twice. Got axes [0,0] of a tensor with 4 axes; expected each at most once. Name it once.",
        "ShapeError: flatten: the axes are in the wrong order. Got startAxis 1 and endAxis 0; expected startAxis ≤ endAxis. Exchange them.",
        "ShapeError: moveAxis: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: diagonal: the two axes are one. Got axes [0,0] of x [2,3]; expected two different ones. Name another.",
        "ShapeError: transpose: not a permutation. Got [0,0] for a tensor with 2 axes; expected each of 0 to 1 once.",
        "ShapeError: roll: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: unstack: no such axis. Got axis -3 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: layerNorm: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
        "ShapeError: tensordot: no such axis. Got axis 2 of a tensor with 2 axes; expected -2 to 1. Name an axis it has.",
      ]
    `);
  });
  it('shapes and ranks', () => {
    expect(
      refusalsOf(core, [
        ['lerp', x, zeros(2), 0.5],
        ['floorDivide', x, zeros(2)],
        ['where', tensor([true, false]), x, x],
        ['maskedFill', x, tensor([true, false]), 0],
        ['prelu', x, zeros(4)],
        ['glu', x],
        ['reshape', x, [-1, -1]],
        ['reshape', x, 6],
        ['expand', x, [2, 4]],
        ['stack', [x, zeros(3, 2)]],
        ['split', x, [1, 1], { axis: 1 }],
        ['meshgrid', [x]],
        ['diag', zeros(2, 2, 2)],
        ['tril', zeros(3)],
        ['takeAlongAxis', x, ints(0)],
        ['scatterAdd', x, ints(0), zeros(2, 3)],
        ['median', zeros(0)],
        ['dot', zeros(3), zeros(4)],
        ['inner', x, zeros(2)],
        ['linear', x, zeros(4, 2)],
        ['cholesky', x],
        ['cholesky', zeros(65, 65)],
        ['triangularSolve', zeros(3, 3), zeros(2, 2)],
        ['conv1d', image, kernel],
        ['conv2d', zeros(1, 3, 4, 4), kernel],
        ['conv2d', zeros(1, 1, 2, 2), kernel],
        ['maxPool2d', zeros(1, 1, 2, 2), { kernelSize: 3 }],
        ['groupNorm', zeros(1, 4), { numGroups: 3 }],
        ['rmsNorm', x, { weight: zeros(4) }],
        ['pixelShuffle', zeros(1, 3, 2, 2), 2],
        ['scaledDotProductAttention', zeros(2, 3), zeros(2, 4), zeros(2, 4)],
        ['scaledDotProductAttention', x, x, x, { mask: zeros(3, 3) }],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "ShapeError: lerp: shapes do not broadcast. Got a [2,3] and b [2]; expected sizes 3 and 2 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ShapeError: floorDivide: shapes do not broadcast. Got a [2,3] and b [2]; expected sizes 3 and 2 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ShapeError: where: shapes do not broadcast. Got a [2] and b [2,3]; expected sizes 2 and 3 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ShapeError: maskedFill: shapes do not broadcast. Got a [2,3] and b [2]; expected sizes 3 and 2 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ShapeError: prelu: shapes do not broadcast. Got a [2,3] and b [4]; expected sizes 3 and 4 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ShapeError: glu: the axis has no two halves. Got size 3 on axis 1 of x [2,3]; expected an even size. Give the layer before it twice as many features.",
        "ShapeError: reshape: sizes do not fit. Got [2,3] (6 elements) and target [-1,-1]; expected at most one -1.",
        "ArgumentError: reshape: the shape does not fit. Got 6; expected a list of sizes. Look at how reshape is called.",
        "ShapeError: expand: shapes do not broadcast. Got a [2,3] and b [2,4]; expected sizes 3 and 4 (axis -1 from the end) to be equal or one of them 1. Reshape or expand one of them.",
        "ShapeError: stack: shapes differ. Got [2,3] and [3,2]; expected equal shapes. Use concat along an axis they have.",
        "ShapeError: split: the parts do not fill the axis. Got parts of [1,1] of axis 1 of x [2,3]; expected sizes that add up to 3. Give the size of each part.",
        "ShapeError: meshgrid: not a vector. Got [2,3]; expected one axis each. Flatten it with reshape(x, [-1]).",
        "ShapeError: diag: neither a vector nor a matrix. Got x [2,2,2]; expected one or two axes. Use diagEmbed or diagonal for batches.",
        "ShapeError: tril: not a matrix. Got x [3]; expected at least two axes. Add one with unsqueeze.",
        "ShapeError: takeAlongAxis: ranks differ. Got x [2,3] and indices [1]; expected the same number of axes. Add axes of size 1 with unsqueeze.",
        "ShapeError: scatterAdd: the updates do not fit. Got updates float32 [2,3]; expected float32 [1,3] for x [2,3] and indices [1] on axis 0. Reshape the updates.",
        "ShapeError: median: no elements to choose from. Got [0]; expected at least one element along the axis. Leave empty tensors out.",
        "ShapeError: dot: the last axes differ. Got a [3] and b [4]; expected axes of one size. Transpose one of them.",
        "ShapeError: inner: the last axes differ. Got a [2,3] and b [2]; expected axes of one size. Transpose one of them.",
        "ShapeError: linear: sizes do not fit. Got x with 3 features, weight [4,2]; expected weight [out,in] with in = 3. Reshape x or the weight.",
        "ShapeError: cholesky: the matrix is not square. Got [2,3]; expected as many rows as columns. Slice or pad it.",
        "ShapeError: cholesky: the matrix is too large for a graph. Got [65,65]; expected at most 64 rows. Outside traced functions, give its values to @gai/core/linalg (cholesky, solve, lstsq, …).",
        "ShapeError: triangularSolve: the right side does not fit. Got a [3,3] and b [2,2]; expected b [3] or [...,3,k]. Reshape or transpose b.",
        "ShapeError: conv1d: not a batch of signals. Got x [1,1,4,4]; expected [batch,channels,length]. Add a missing axis with unsqueeze.",
        "ShapeError: conv2d: channels do not fit. Got x [1,3,4,4] float32, weight [1,1,3,3] float32 and groups 1; expected weight [out,in/groups,h,w] with in = 3, groups dividing both. Check the weight's axes.",
        "ShapeError: conv2d: the kernel is larger than the image. Got x [1,1,2,2], kernel [3,3], dilation [1,1] and padding [0,0,0,0]; expected at least [3,3] with padding. Add padding.",
        "ShapeError: maxPool2d: the window is larger than the image. Got x [1,1,2,2], kernelSize [3,3] and padding [0,0,0,0]; expected at least one place for the window. Use a smaller window.",
        "ShapeError: groupNorm: the channels cannot be divided. Got x [1,4] and numGroups 3; expected [batch,channels,...] with channels that numGroups divides. Choose another numGroups.",
        "ShapeError: rmsNorm: weight or bias does not fit. Got float32 [4] for x float32 [2,3]; expected float32 [3], the normalised axes. Reshape or cast it.",
        "ShapeError: pixelShuffle: the shape does not fit. Got [1,3,2,2]; expected [batch,channels,height,width] with channels that 4 divides. Pad it or choose another factor.",
        "ShapeError: scaledDotProductAttention: sizes do not fit. Got query [2,3], key [2,4], value [2,4]; expected query [...,queries,depth], key [...,keys,depth] and value [...,keys,valueDepth]. Transpose or reshape them.",
        "ShapeError: scaledDotProductAttention: the mask does not fit. Got mask [3,3] for scores [2,2]; expected sizes that broadcast to [...,queries,keys]. Add axes of size 1 with unsqueeze.",
      ]
    `);
  });
  it('dtypes', () => {
    expect(
      refusalsOf(core, [
        ['cast', x, 'float'],
        ['zeros', [2], 'double'],
        ['where', x, 1, 2],
        ['bitwiseXor', x, x],
        ['gather', x, zeros(2)],
        ['oneHot', zeros(2), 3],
        ['putAlongAxis', x, tensor([[0]], { dtype: 'int32' }), tensor([[0]], { dtype: 'int32' })],
        ['repeat', ints(1), tensor(2)],
        ['pad', ints(1), [1], { value: 0.5 }],
        ['cholesky', tensor([[1]], { dtype: 'int32' })],
        ['layerNorm', ints(1)],
        ['scaledDotProductAttention', x, x, x, { mask: ints(1, 0) }],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "DTypeError: cast: unknown dtype. Got 'float'; expected one of bool, uint8, int8, int32, uint32, int64, bfloat16, float16, float32, float64. Choose one.",
        "DTypeError: zeros: unknown dtype. Got 'double'; expected one of bool, uint8, int8, int32, uint32, int64, bfloat16, float16, float32, float64. Choose one.",
        "DTypeError: where: the condition is not bool. Got float32 [2,3]; expected dtype bool. Compare it, for example notEqual(condition, 0).",
        "DTypeError: bitwiseXor: bits of something else than integers. Got float32; expected an integer dtype. Cast to int32, or use logicalAnd and the like for booleans.",
        "DTypeError: gather: indices are not integers. Got float32 [2]; expected int32. Convert them with cast(indices, 'int32').",
        "DTypeError: oneHot: indices are not integers. Got float32 [2]; expected int32. Convert them with cast(indices, 'int32').",
        "DTypeError: putAlongAxis: the dtypes differ. Got updates int32 and x float32; expected the same. Cast the updates.",
        "ShapeError: repeat: not a count. Got a tensor; expected a whole number of 0 or more. Check it.",
        "ArgumentError: pad: value does not fit. Got 0.5; expected a whole number, as x is int32. Look at how pad is called.",
        "DTypeError: cholesky: the dtype does not fit. Got int32; expected a float dtype. Cast the matrix.",
        "DTypeError: layerNorm: not a float. Got int32 [1]; expected float32. Use cast(x, 'float32').",
        "DTypeError: scaledDotProductAttention: not a mask. Got int32 [2]; expected bool (true: attend) or a float that is added to the scores. Use cast(mask, 'bool').",
      ]
    `);
  });
});

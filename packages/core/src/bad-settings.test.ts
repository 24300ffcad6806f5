import { describe, expect, it } from 'vitest';
import * as core from './index.ts';
import * as linalg from './linalg/index.ts';
import * as random from './random/index.ts';
import { tensor } from './index.ts';
import type { Tensor } from './index.ts';
import { refusalsOf } from './testing/refused.ts';

const zeros = (...shape: number[]): Tensor => tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), { shape });
const ints = (...values: number[]): Tensor => tensor(values, { dtype: 'int32' });
const x = zeros(2, 3);
const image = zeros(1, 1, 4, 4);
const kernel = zeros(1, 1, 3, 3);
const key = random.key(0);

describe('settings that are refused while the graph is built', () => {
  it('sizes and counts', () => {
    expect(
      refusalsOf(core, [
        ['zeros', 3],
        ['ones', [2 ** 40]],
        ['eye', -1],
        ['iota', 1.5],
        ['arange', Infinity],
        ['arange', 0, 3, { step: 0 }],
        ['linspace', 0, 1, -1],
        ['topK', x, 4],
        ['topK', x, undefined],
        ['oneHot', ints(0), undefined],
        ['tile', x, 2],
        ['repeat', x, NaN],
        ['unfold', x, 4],
        ['pad', x, [-1, 0]],
        ['pad', x, [[1, 2, 3], 0]],
        ['pad', x, [2, 0], { mode: 'reflect' }],
        ['slice', x, [[0, 1, 0]]],
        ['slice', x, [1]],
        ['split', x, NaN],
        ['roll', x, 0.5],
        ['conv2d', image, kernel, { stride: 0 }],
        ['conv2d', image, kernel, { dilation: NaN }],
        ['conv2d', zeros(1, 3, 4, 4), zeros(2, 1, 1, 1), { groups: 2 }],
        ['convTranspose2d', image, kernel, { outputPadding: 1 }],
        ['maxPool2d', image, { kernelSize: 2, padding: 2 }],
        ['adaptiveAvgPool2d', image, [1]],
        ['resize', image, { size: 1e12 }],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "ArgumentError: zeros: the shape does not fit. Got 3; expected a list of sizes. Look at how zeros is called.",
        "ShapeError: ones: not a size. Got [1099511627776]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.",
        "ShapeError: eye: not a size. Got [-1,-1]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.",
        "ShapeError: iota: not a size. Got [1.5]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.",
        "ArgumentError: arange: not a range. Got start 0, stop Infinity and step 1; expected finite numbers and a step other than 0. Check how they were computed.",
        "ArgumentError: arange: not a range. Got start 0, stop 3 and step 0; expected finite numbers and a step other than 0. Check how they were computed.",
        "ArgumentError: linspace: not a count. Got -1; expected a whole number of 0 or more. Use arange to give the distance.",
        "ArgumentError: topK: k does not fit. Got 4 for axis 1 of x [2,3]; expected a whole number from 0 to 3. Ask for fewer.",
        "ArgumentError: topK: k does not fit. Got undefined for axis 1 of x [2,3]; expected a whole number from 0 to 3. Ask for fewer.",
        "ArgumentError: oneHot: the shape does not fit. Got [undefined]; expected a list of sizes. Look at how oneHot is called.",
        "ArgumentError: tile: counts does not fit. Got 2; expected a list of whole numbers. Look at how tile is called.",
        "ShapeError: repeat: not a count. Got NaN; expected a whole number of 0 or more. Check it.",
        "ArgumentError: unfold: the windows do not fit. Got size 4 and step 1 for axis 1 of x [2,3]; expected a size from 1 to 3 and a step of 1 or more. Pad x.",
        "ShapeError: pad: the widths do not fit. Got widths [[-1,-1],[0,0]] for x [2,3]; expected 2 whole numbers (or pairs of them) of 0 or more. Use slice to take elements away.",
        "ShapeError: pad: the widths do not fit. Got widths [[1,2],[0,0]] for x [2,3]; expected 2 whole numbers (or pairs of them) of 0 or more. Use slice to take elements away.",
        "ShapeError: pad: too wide for mode 'reflect'. Got width 2 on axis 0 of x [2,3]; expected at most 1. Pad less, or with mode 'constant'.",
        "ArgumentError: slice: not a step. Got 0; expected a whole number other than 0. Use 1 to take every element.",
        "ArgumentError: slice: ranges does not fit. Got [1]; expected a list of null or [start, stop, step]. Look at how slice is called.",
        "ShapeError: split: the parts do not fill the axis. Got NaN equal parts of axis 0 of x [2,3]; expected sizes that add up to 2. Give the size of each part.",
        "ArgumentError: roll: the shifts do not fit. Got [0.5] for axes [0]; expected 1 whole numbers. Give one for each axis.",
        "ArgumentError: conv2d: stride does not fit. Got 0; expected a whole number of at least 1, or two of them for height and width. Change stride.",
        "ArgumentError: conv2d: dilation does not fit. Got NaN; expected a whole number of at least 1, or two of them for height and width. Change dilation.",
        "ShapeError: conv2d: channels do not fit. Got x [1,3,4,4] float32, weight [2,1,1,1] float32 and groups 2; expected weight [out,in/groups,h,w] with in = 3, groups dividing both. Check the weight's axes.",
        "ArgumentError: convTranspose2d: outputPadding is too large. Got [1,1] with stride [1,1] and dilation [1,1]; expected less than the larger of both. Reduce outputPadding.",
        "ArgumentError: maxPool2d: more padding than window. Got padding [2,2,2,2] for kernelSize [2,2]; expected less than the window. Reduce the padding.",
        "ArgumentError: adaptiveAvgPool2d: outputSize does not fit. Got [1]; expected a whole number of at least 1, or 2 of them, with null for a size that stays. Change outputSize.",
        "ShapeError: resize: not a size. Got [1000000000000,1000000000000]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.",
      ]
    `);
  });
  it('settings', () => {
    expect(
      refusalsOf(core, [
        ['variance', x, { ddof: NaN }],
        ['norm', x, { ord: 'fro' }],
        ['quantile', x, '0.5'],
        ['quantile', x, [0.5, NaN]],
        ['gelu', x, { approximate: 'erf' }],
        ['hardtanh', x, { min: 2, max: 1 }],
        ['softshrink', x, -1],
        ['polygamma', 0.5, x],
        ['triu', x, { diagonal: 0.5 }],
        ['meshgrid', [zeros(2)], { indexing: 'yx' }],
        ['pad', x, [1, 1], { mode: 'mirror' }],
        ['pad', x, [1, 1], { value: 'a' }],
        ['bilinear', x, x],
        ['conv2d', image, kernel, { padding: 'full' }],
        ['convTranspose2d', image, kernel, { padding: 'same' }],
        ['maxPool2d', image],
        ['resize', image],
        ['resize', image, { size: 2, scaleFactor: 2 }],
        ['resize', image, { size: 2, mode: 'cubic' }],
        ['layerNorm', x, { eps: NaN }],
        ['groupNorm', zeros(1, 4)],
        ['scaledDotProductAttention', x, x, x, { scale: NaN }],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "ArgumentError: variance: ddof does not fit. Got NaN; expected a number, 0 or 1 as a rule. Look at how variance is called.",
        "ArgumentError: norm: ord does not fit. Got 'fro'; expected a number, Infinity or -Infinity. Look at how norm is called.",
        "ArgumentError: quantile: q does not fit. Got '0.5'; expected a number from 0 to 1, or a list of them. Look at how quantile is called.",
        "ArgumentError: quantile: not a probability. Got NaN; expected 0 to 1. Divide percentiles by 100.",
        "ArgumentError: gelu: approximate does not fit. Got 'erf'; expected none or tanh. Look at how gelu is called.",
        "ArgumentError: hardtanh: [min, max] does not fit. Got [2,1]; expected min up to max. Look at how hardtanh is called.",
        "ArgumentError: softshrink: lambda does not fit. Got -1; expected a number of 0 or more. Look at how softshrink is called.",
        "ArgumentError: polygamma: not an order. Got 0.5; expected a whole number from 0.",
        "ArgumentError: triu: no such diagonal. Got 0.5; expected a whole number, 0 for the main diagonal. Round it.",
        "ArgumentError: meshgrid: indexing does not fit. Got 'yx'; expected xy or ij. Look at how meshgrid is called.",
        "ArgumentError: pad: mode does not fit. Got 'mirror'; expected one of constant, reflect, replicate, edge, circular. Look at how pad is called.",
        "ArgumentError: pad: value does not fit. Got 'a'; expected a number. Look at how pad is called.",
        "ArgumentError: bilinear: the options object does not fit. Got undefined; expected { weight, bias }. Look at how bilinear is called.",
        "ArgumentError: conv2d: padding does not fit. Got 'full'; expected a whole number of at least 0, or two of them for height and width. Change padding.",
        "ArgumentError: convTranspose2d: padding does not fit. Got 'same'; expected numbers; a transposed convolution knows neither same nor valid. Look at how convTranspose2d is called.",
        "ArgumentError: maxPool2d: the options object does not fit. Got undefined; expected { kernelSize, stride, padding, dilation, … }. Look at how maxPool2d is called.",
        "ArgumentError: resize: the options object does not fit. Got undefined; expected { size, scaleFactor, mode, alignCorners }. Look at how resize is called.",
        "ArgumentError: resize: the new size is not clear. Got both size and scaleFactor; expected one of them.",
        "ShapeError: resize: the mode does not fit. Got x [1,1,4,4] and mode 'cubic'; expected [batch,channels,...] with 1 axis for linear, 2 for bilinear, 3 for trilinear, 1 to 3 for nearest.",
        "ArgumentError: layerNorm: eps does not fit. Got NaN; expected a number of 0 or more. Look at how layerNorm is called.",
        "ArgumentError: groupNorm: the options object does not fit. Got undefined; expected { numGroups, weight, bias, eps }. Look at how groupNorm is called.",
        "ArgumentError: scaledDotProductAttention: scale is not a number. Got NaN; expected a finite number.",
      ]
    `);
  });
  it('equations', () => {
    expect(
      refusalsOf(core, [
        ['einsum', 'ij->i'],
        ['einsum', '', x],
        ['einsum', 'ij,jk', x],
        ['einsum', 'ijk->i', x],
        ['einsum', 'ij,jk->ik', x, x],
        ['einsum', 'ii->i', x],
        ['einsum', 'ij->k', x],
        ['einsum', 'ij->ii', x],
        ['einsum', 'ij->i->j', x],
        ['einsum', 'i1->i', x],
        ['einsum', '..ij->ij', x],
        ['einsum', '...i...->i', x],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "ArgumentError: einsum: no operands. Got the equation alone; expected one tensor for each term of 'ij->i'.",
        "ShapeError: einsum: the number of axes does not fit '' of ''. Got an operand [2,3]; expected 0 axes. Reshape it, or rewrite the equation.",
        "ArgumentError: einsum: the number of operands does not fit. Got 'ij,jk'; expected one term for each of the 1 operands. Rewrite the equation.",
        "ShapeError: einsum: the number of axes does not fit 'ijk' of 'ijk->i'. Got an operand [2,3]; expected 3 axes. Reshape it, or rewrite the equation.",
        "ShapeError: einsum: an index has two sizes in 'ij,jk->ik'. Got 3 and 2 for 'j', operands [2,3], [2,3]; expected equal sizes, or 1. Rename one of them.",
        "ShapeError: einsum: an index has two sizes in 'ii->i'. Got 2 and 3 for 'i', operands [2,3]; expected equal sizes, or 1. Rename one of them.",
        "ArgumentError: einsum: 'k' is in no operand. Got 'ij->k'; expected output indices that an operand has. Rewrite the equation.",
        "ArgumentError: einsum: an index stands twice in the output. Got 'ij->ii'; expected each at most once. Use diagEmbed for a diagonal. Rewrite the equation.",
        "ArgumentError: einsum: two '->'. Got 'ij->i->j'; expected at most one '->'. Rewrite the equation.",
        "ArgumentError: einsum: no label in 'i1'. Got 'i1->i'; expected letters and '...' only, as in 'bij,bjk->bik'. Rewrite the equation.",
        "ArgumentError: einsum: no label in '..ij'. Got '..ij->ij'; expected letters and '...' only, as in 'bij,bjk->bik'. Rewrite the equation.",
        "ArgumentError: einsum: '...' stands twice in '...i...'. Got '...i...->i'; expected '...' at most once for each operand. Rewrite the equation.",
      ]
    `);
  });
  it('a very long equation, without repeating all of it', () => {
    const [message = ''] = refusalsOf(core, [['einsum', 'a'.repeat(100_000), x]]);
    expect(message.length).toBeLessThan(1000);
  });
  it('draws', () => {
    expect(
      refusalsOf(random, [
        ['normal', [2], [2]],
        ['choice', key, 3, [2], { p: zeros(4) }],
        ['uniform', key, [2], { dtype: 'int32' }],
        ['gumbel', x, [2]],
        ['permutation', key, 1.5],
        ['randint', key, [2], { min: 3, max: 3 }],
        ['uniform', key, [2], { min: 2, max: 1 }],
        ['normal', key, [2], { std: -1 }],
        ['bernoulli', key, 2, [2]],
        ['gamma', key, -1, [2]],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "DTypeError: normal: not a random key. Got object; expected uint32 [2]. Make one with key(seed).",
        "ArgumentError: choice: p does not fit. Got '[4]'; expected shape [3], as n is 3. Look at how choice is called.",
        "ArgumentError: uniform: dtype does not fit. Got 'int32'; expected a float dtype. Look at how uniform is called.",
        "DTypeError: gumbel: not a random key. Got float32 [2,3]; expected uint32 [2]. Make one with key(seed).",
        "ShapeError: permutation: not a size. Got [1.5]; expected whole numbers from 0 to 2147483647, or names. Check how the size was computed.",
        "ArgumentError: randint: not a range. Got min 3, max 3; expected whole numbers of int32 with min below max.",
        "ArgumentError: uniform: [min, max] does not fit. Got [2,1]; expected finite numbers, min up to max. Look at how uniform is called.",
        "ArgumentError: normal: std does not fit. Got -1; expected a number of 0 or more. Look at how normal is called.",
        "ArgumentError: bernoulli: not a probability. Got p 2; expected 0 to 1.",
        "ArgumentError: gamma: a does not fit. Got -1; expected a finite number above 0. Look at how gamma is called.",
      ]
    `);
  });
  it('matrices on the host', () => {
    expect(
      refusalsOf(linalg, [
        ['eigh', x],
        ['det', [[1, 2], [3]]],
        ['solve', [[1, 2]], [1]],
        ['svd', { data: [1, 2, 3], shape: [2, 2] }],
        ['pinv', [[1]], { rcond: NaN }],
        ['svd', [[NaN]]],
        [
          'cholesky',
          [
            [1, 2],
            [2, 1],
          ],
        ],
        [
          'inv',
          [
            [1, 2],
            [2, 4],
          ],
        ],
      ]),
    ).toMatchInlineSnapshot(`
      [
        "GraphError: eigh: computes on the host and cannot be traced. Got a tensor float32 [2,3] for a; expected rows of numbers, or { data, shape }. Read the tensor before: eigh(await toArray(x)). Compute it before the traced function and pass the result in.",
        "ShapeError: det: the rows of a differ in length. Got 1 numbers in row 1; expected 2 as in row 0. Pad the rows to one length.",
        "ShapeError: solve: a is not square. Got [1,2]; expected as many rows as columns. Use lstsq or pinv for other shapes.",
        "ShapeError: svd: a is not a matrix. Got 3 numbers and shape [2,2]; expected two sizes whose product is 3. Reshape it; batches are computed one matrix at a time.",
        "ArgumentError: pinv: rcond does not fit. Got NaN; expected a number of 0 or more. Look at how pinv is called.",
        "DataError: svd: a holds what is no finite number. Got NaN at place 0; expected finite numbers. Look at where it was computed.",
        "DataError: cholesky: the matrix is not positive definite. Got pivot -3.0e+0 in row 1; expected a number above 0 by more than rounding. Add a small multiple of the identity, or use eigh.",
        "DataError: inv: the matrix is singular. Got a [2,2] whose pivot 1 is 0, 0 up to rounding; expected linearly independent rows. Use lstsq for a solution of least squares, or pinv.",
      ]
    `);
  });
});

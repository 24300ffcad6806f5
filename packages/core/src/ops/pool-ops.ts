import { sizeOf } from '../shape.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef } from '../ir/op.ts';
import { bind } from '../trace/bind.ts';
import { atLeastOneWindow } from './conv-window.ts';
import type { Moves } from './conv-window.ts';
import { onnxPool, pooledShape } from './pool-window.ts';
import { notEmpty } from './shared.ts';
import { writeAvgUnpool } from './pool-write.ts';
import { writeMaxGather, writeMaxGradient } from './pool-write-max.ts';

/** `y[n,c,i] = max x[n,c,i·s+u·d−p]` over the elements `u` of the window. */
export const maxPoolOp: OpDef<Moves> = {
  kind: 'op',
  name: 'maxPool',
  infer: ([x], moves) => ({ dtype: x.dtype, shape: pooledShape(x, moves) }),
  needs: (moves, inputs) => [...atLeastOneWindow(moves, inputs), ...notEmpty(moves, inputs).slice(1)],
  vjp: ([dy], { inputs: [x], outputs: [y], attrs }) => [bind(maxPoolGradientOp, [dy, x, y], attrs)],
  onnx: (b, [x], { attrs }) => b.node('MaxPool', [x], onnxPool(attrs)),
};

/** The place of each window's first maximum in its own image read in row order. */
export const maxPlacesOp: OpDef<Moves> = {
  kind: 'op',
  name: 'maxPlaces',
  infer: ([x], moves) => ({ dtype: 'int32', shape: pooledShape(x, moves) }),
  needs: (moves, inputs) => [...atLeastOneWindow(moves, inputs), ...notEmpty(moves, inputs).slice(1)],
  vjp: null,
  onnx: (b, [x], { inputs, attrs }) => {
    const [, places] = b.nodes('MaxPool', [x], 2, onnxPool(attrs)) as [OnnxValue, OnnxValue];
    const volume = b.dims([sizeOf(inputs[0].shape.slice(2))]);
    return b.cast(b.node('Mod', [places, volume]), 'int32');
  },
};

/** `dx = 0; dx[first maximum of window i] += dy[i]`: the gradient of a max pool of x to y. Inputs dy, x, y. */
export const maxPoolGradientOp: OpDef<Moves> = {
  kind: 'op',
  name: 'maxPoolGradient',
  needs: notEmpty,
  infer: ([, x]) => ({ dtype: x.dtype, shape: x.shape }),
  vjp: ([d], { inputs: [, x, y], attrs }) => [bind(maxPoolGatherOp, [d, x, y], attrs), null, null],
  onnx: (b, inputs, { inputs: types, attrs }) => writeMaxGradient(b, inputs, types, attrs),
};

/** The elements of `d` (shaped as x) where x has the first maximum of each window: the reverse of maxPoolGradient. */
export const maxPoolGatherOp: OpDef<Moves> = {
  kind: 'op',
  name: 'maxPoolGather',
  needs: notEmpty,
  infer: ([, , y]) => ({ dtype: y.dtype, shape: y.shape }),
  vjp: ([dy], { inputs: [, x, y], attrs }) => [bind(maxPoolGradientOp, [dy, x, y], attrs), null, null],
  onnx: (b, inputs, { inputs: types, attrs }) => writeMaxGather(b, inputs, types, attrs),
};

/** `y[n,c,i] = Σ x[n,c,i·s+u−p] / (elements of the window)`, with zeros outside. */
export const avgPoolOp: OpDef<Moves> = {
  kind: 'op',
  name: 'avgPool',
  infer: ([x], moves) => ({ dtype: x.dtype, shape: pooledShape(x, moves) }),
  needs: (moves, inputs) => [...atLeastOneWindow(moves, inputs), ...notEmpty(moves, inputs).slice(1)],
  vjp: ([dy], { inputs: [x], attrs }) => [bind(avgUnpoolOp, [dy], { ...attrs, size: x.shape.slice(2) })],
  onnx: (b, [x], { attrs }) => b.node('AveragePool', [x], { ...onnxPool(attrs), count_include_pad: 1 }),
};

/** The reverse of avgPool: every value spread evenly over its window. */
export const avgUnpoolOp: OpDef<Moves & { size: readonly Dim[] }> = {
  kind: 'op',
  name: 'avgUnpool',
  needs: notEmpty,
  infer: ([x], { size }) => ({ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...size] }),
  vjp: ([dy], { attrs: { size: _, ...moves } }) => [bind(avgPoolOp, [dy], moves)],
  onnx: (b: OnnxBuilder, [x], { inputs, attrs }) => writeAvgUnpool(b, x, inputs[0], attrs),
};

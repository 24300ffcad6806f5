import { dimMul, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import type { OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';
import type { OpDef, OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { bind } from '../trace/bind.ts';
import { atLeastOneWindow, windowCounts } from './conv-window.ts';
import type { Moves } from './conv-window.ts';
import { writeConv, writeConvTranspose } from './conv-write.ts';
import { writeWeightGradient, writeWhole } from './conv-write-weight.ts';
import { slice } from './movement.ts';
import { writeFilled } from './shared-write.ts';
import { sum } from './structural.ts';

/** How the kernel of a convolution moves. */
export interface ConvAttrs extends Moves {
  readonly groups: number;
}

/** The axes after batch and channels. */
const spatial = (x: Tensor): number[] => x.shape.slice(2).map((_, axis) => axis + 2);

/** That no operand is empty, for sizes that are names: from some of these the runtime's kernels do not come back. */
const noneEmpty = ([x, w]: OperandTypes): Dim[] => [...x.shape, ...w.shape].map((size) => dimSub(size, 1));

const ofNothing = ([x, w]: OperandTypes): boolean => x.shape.includes(0) || w.shape.includes(0);

/** Sums of nothing: the bias, if there is one, in every place. */
function writeNothing(b: OnnxBuilder, [, , bias]: readonly OnnxValue[], y: TensorType): OnnxValue {
  if (bias === undefined) return writeFilled(b, 0, y);
  const column = b.node('Reshape', [bias, b.ints([-1, ...y.shape.slice(2).map(() => 1)])]);
  return b.node('Expand', [column, b.dims(y.shape)]);
}

/** `y[n,o,i] = b[o] + Σ x[n,c,i·s+u·d−p]·w[o,c,u]` with places `i` and kernel elements `u` of one or more axes. */
export const convOp: OpDef<ConvAttrs> = {
  kind: 'op',
  name: 'conv',
  infer: ([x, w], attrs) => ({
    dtype: x.dtype,
    shape: [x.shape[0]!, w.shape[0]!, ...windowCounts(x.shape.slice(2), attrs)],
  }),
  needs: (attrs, inputs) => [...atLeastOneWindow(attrs, inputs), ...noneEmpty(inputs)],
  vjp: ([dy], { inputs, attrs }) => {
    const [x, w] = inputs;
    const dx = bind(convTransposeOp, [dy, w], { ...attrs, size: x.shape.slice(2) });
    return withBias([dx, bind(convWeightGradientOp, [x, dy], attrs)], dy, inputs.length);
  },
  onnx: (b, inputs, { inputs: types, outputs: [y], attrs }) =>
    ofNothing(types) ? writeNothing(b, inputs, y) : writeConv(b, inputs, types, attrs),
};

/** The gradients of input and weight, and that of the bias where there is one: Σ dy over all but the channels. */
function withBias(gradients: Tensor[], dy: Tensor, inputs: number): Tensor[] {
  // Two sums, as one over all axes at once takes several times as long.
  return inputs === 3 ? [...gradients, sum(sum(dy, { axis: spatial(dy) }), { axis: 0 })] : gradients;
}

/** The reverse of conv with respect to its input; `size` is that input's, after batch and channels. */
export const convTransposeOp: OpDef<ConvAttrs & { size: readonly Dim[] }> = {
  kind: 'op',
  name: 'convTranspose',
  infer: ([x, w], { groups, size }) => ({
    dtype: x.dtype,
    shape: [x.shape[0]!, dimMul(w.shape[1]!, groups), ...size],
  }),
  needs: (_, inputs) => noneEmpty(inputs),
  vjp: ([dy], { inputs, attrs: { size: _, ...attrs } }) => {
    const [x, w] = inputs;
    const dx = likeInput(bind(convOp, [dy, w], attrs), x);
    return withBias([dx, bind(convWeightGradientOp, [dy, x], attrs)], dy, inputs.length);
  },
  onnx: (b, inputs, { inputs: types, outputs: [y], attrs }) =>
    ofNothing(types) ? writeNothing(b, inputs, y) : writeConvTranspose(b, inputs, types, attrs),
};

/** An output padding of a stride or more makes room for windows that x does not have. */
const likeInput = (windows: Tensor, x: Tensor): Tensor =>
  slice(
    windows,
    x.shape.slice(2).map((size) => [0, size] as const),
    { axes: spatial(x) },
  );

/** `dw[o,c,u] = Σ x[n,c,i·s+u·d−p]·dy[n,o,i]`: the gradient of conv with respect to its weight. */
export const convWeightGradientOp: OpDef<ConvAttrs> = {
  kind: 'op',
  name: 'convWeightGradient',
  infer: ([x, dy], { groups, kernel }) => {
    const channels = x.shape[1]!;
    const each = typeof channels === 'number' ? channels / groups : channels;
    return { dtype: x.dtype, shape: [dy.shape[1]!, each, ...kernel] };
  },
  needs: (_, inputs) => noneEmpty(inputs),
  // It is linear in x and in dy; as a function of either it is the reverse of conv's other gradients.
  vjp: ([dw], { inputs: [x, dy], attrs }) => [
    bind(convTransposeOp, [dy, dw], { ...attrs, size: x.shape.slice(2) }),
    likeInput(bind(convOp, [x, dw], attrs), dy),
  ],
  onnx: (b, inputs, { inputs: types, outputs: [dw], attrs }) =>
    ofNothing(types) ? writeFilled(b, 0, dw) : writeWeightGradient(b, inputs, types, { dw, attrs, op: weightPieceOp }),
};

/** The same of a piece of the batch; it is written in one. */
const weightPieceOp: OpDef<ConvAttrs> = {
  kind: 'op',
  name: 'convWeightGradient',
  infer: (inputs, attrs, count) => convWeightGradientOp.infer(inputs, attrs, count),
  vjp: null,
  onnx: (b, inputs, { inputs: types, attrs }) => writeWhole(b, inputs, types, attrs),
};

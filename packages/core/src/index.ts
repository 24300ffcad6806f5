export { GaiError, ShapeError, DTypeError, GraphError, BackendError, DataError, ArgumentError } from './errors.ts';
export type { ErrorDetails, GaiErrorOptions } from './errors.ts';
export type { DType, TypedArray } from './dtype.ts';
export { dim, formatDim, dimAdd, dimMul, DimExpr } from './dim.ts';
export type { Dim } from './dim.ts';
export { formatShape, broadcastShapes } from './shape.ts';
export type { Shape } from './shape.ts';
export { flattenTree, mapTree, unflattenTree } from './tree.ts';
export type { FlatTree, Tree } from './tree.ts';
export { Tensor, isTensor } from './ir/tensor.ts';
export { Variable, isVariable } from './ir/variable.ts';
export { guard } from './ir/guard.ts';
export type { Graph } from './ir/graph.ts';
export { printGraph, toMermaid } from './ir/print.ts';
export { tensor, constant } from './trace/literal.ts';
export type { NestedArray, TensorLike, TensorOptions } from './trace/literal.ts';
export { TensorSpec, spec, trace } from './trace/trace.ts';
export { setDebug } from './trace/origin.ts';
export { backward } from './transforms/vjp.ts';
export { grad, valueAndGrad, vjp, jvp } from './transforms/grad.ts';
export type { VjpResult } from './transforms/grad.ts';
export { customVjp } from './transforms/custom-vjp.ts';
export type { CustomVjpContext, CustomVjpRule } from './transforms/custom-vjp.ts';
export { evaluate, data, item, toArray } from './runtime/read.ts';
export { jit, explain } from './runtime/jit.ts';
export type { Explanation, JitOptions, JitRun, Jitted } from './runtime/jit.ts';
export { dispose } from './runtime/memory.ts';
export { debugPrint, checkFinite } from './runtime/debug.ts';
export type { DebugPrintOptions } from './runtime/debug.ts';
export { setDefaultBackend, getDefaultBackend } from './runtime/default.ts';
export { cast, expand, full, onesLike, reshape, stopGradient, sum, transpose, zerosLike } from './ops/structural.ts';
export type { ReduceOptions } from './ops/structural.ts';
export { iota } from './ops/iota.ts';
export {
  equal,
  greater,
  greaterEqual,
  isFinite,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  notEqual,
  where,
} from './ops/compare.ts';
export {
  abs,
  add,
  ceil,
  clip,
  div,
  floor,
  log,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  remainder,
  round,
  sign,
  square,
  sub,
} from './ops/elementwise.ts';
export { cos, erf, exp, expm1, log1p, reciprocal, rsqrt, sin, sqrt } from './ops/unary.ts';
export type { GeluOptions } from './ops/activation.ts';
export { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus, tanh } from './ops/activation.ts';
export type { VarianceOptions } from './ops/reduce.ts';
export { all, any, logSumExp, max, mean, min, prod, std, variance } from './ops/reduce.ts';
export type { ArgOptions, AxisOptions, CumsumOptions } from './ops/along-axis.ts';
export { argmax, argmin, cumsum, logSoftmax, softmax } from './ops/along-axis.ts';
export type { PadMode, PadOptions, SliceRange } from './ops/movement.ts';
export {
  concat,
  flatten,
  flip,
  moveAxis,
  pad,
  repeat,
  slice,
  split,
  squeeze,
  stack,
  swapAxes,
  tile,
  tril,
  triu,
  unsqueeze,
} from './ops/movement.ts';
export type { Ordered } from './ops/indexing.ts';
export { addAlongAxis, gather, oneHot, scatterAdd, sort, takeAlongAxis, topK } from './ops/indexing.ts';
export type { MatmulOptions } from './ops/linalg.ts';
export { dot, linear, matmul, matrixTranspose, outer } from './ops/linalg.ts';
export type { Conv2dOptions, ConvTranspose2dOptions, Padding2d, Pair } from './ops/conv.ts';
export { conv2d, convTranspose2d } from './ops/conv.ts';
export type { AvgPool2dOptions, MaxPool2dOptions } from './ops/pool.ts';
export { avgPool2d, maxPool2d } from './ops/pool.ts';
export { exportOnnx, toOnnx } from './onnx/export.ts';
export type { Exportable, ExportOptions, OnnxFile } from './onnx/export.ts';
export { batchNorm, layerNorm } from './ops/norm.ts';
export type { BatchNormOptions, BatchNormResult, LayerNormOptions } from './ops/norm.ts';

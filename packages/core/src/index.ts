export {
  GaiError,
  ShapeError,
  DTypeError,
  GraphError,
  BackendError,
  DataError,
  ArgumentError,
  StateError,
} from './errors.ts';
export type { ErrorDetails, GaiErrorOptions } from './errors.ts';
export type { DType, TypedArray } from './dtype.ts';
export { dim, formatDim, dimAdd, dimMul, DimExpr } from './dim.ts';
export type { Dim } from './dim.ts';
export { formatShape, broadcastShapes } from './shape.ts';
export type { Shape } from './shape.ts';
export { flattenTree, mapTree, treeNode, unflattenTree } from './tree.ts';
export type { FlatTree, Tree, TreeNode, TreeParts } from './tree.ts';
export { Tensor, isTensor } from './ir/tensor.ts';
export { Variable, isVariable } from './ir/variable.ts';
export { guard } from './ir/guard.ts';
export type { Graph } from './ir/graph.ts';
export { printGraph, toMermaid } from './ir/print.ts';
export { tensor, constant } from './trace/literal.ts';
export type { NestedArray, TensorLike, TensorOptions } from './trace/literal.ts';
export { TensorSpec, spec, trace } from './trace/trace.ts';
export { setDebug } from './trace/debug.ts';
export { backward } from './transforms/vjp.ts';
export { grad, valueAndGrad, vjp, jvp } from './transforms/grad.ts';
export type { GradOptions, Gradients, VjpResult } from './transforms/grad.ts';
export { checkpoint } from './transforms/checkpoint.ts';
export { clippedGradients } from './transforms/clipped-gradients.ts';
export type { ClippedGradientOptions, ClippedGradients } from './transforms/clipped-gradients.ts';
export { hessian, jacobian } from './transforms/jacobian.ts';
export type { Jacobian, JacobianOptions } from './transforms/jacobian.ts';
export { hessianVectorProduct } from './transforms/hessian-vector-product.ts';
export { customVjp } from './transforms/custom-vjp.ts';
export type { CustomVjpContext, CustomVjpRule } from './transforms/custom-vjp.ts';
export { runSteps, scanSteps } from './transforms/steps.ts';
export type { Passes } from './transforms/passes.ts';
export { cond } from './transforms/cond.ts';
export { forLoop } from './transforms/for-loop.ts';
export { scan } from './transforms/scan.ts';
export { whileLoop } from './transforms/while-loop.ts';
export type { ScanOptions } from './transforms/scan.ts';
export { evaluate, data, item, toArray } from './runtime/read.ts';
export { jit, explain } from './runtime/jit.ts';
export type { Explanation, JitOptions, JitRun, Jitted } from './runtime/jit.ts';
export { findNonFinite } from './runtime/find-non-finite.ts';
export type { NonFiniteOp } from './runtime/find-non-finite.ts';
export { profile } from './runtime/profile/take.ts';
export type { ProfileOptions } from './runtime/profile/take.ts';
export { Profile } from './runtime/profile/profile.ts';
export type { ProfiledLine, ProfiledOp } from './runtime/profile/lines.ts';
export type { TableOptions } from './runtime/profile/table.ts';
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
  isInf,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  nanToNum,
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
  fmod,
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
  trunc,
} from './ops/elementwise.ts';
export {
  erf,
  erfc,
  erfinv,
  exp,
  exp2,
  expm1,
  log10,
  log1p,
  log2,
  ndtri,
  reciprocal,
  rsqrt,
  sqrt,
} from './ops/unary.ts';
export { acos, acosh, asin, asinh, atan, atanh, cos, cosh, sin, sinh, tan } from './ops/trigonometry.ts';
export { digamma, lgamma, polygamma } from './ops/gamma-functions.ts';
export { atan2, copysign, floorDivide, hypot, lerp, logAddExp, xlogy } from './ops/binary.ts';
export { bitwiseAnd, bitwiseNot, bitwiseOr, bitwiseXor, leftShift, rightShift } from './ops/bitwise.ts';
export type { NanToNumOptions } from './ops/compare.ts';
export type { GeluOptions, HardtanhOptions } from './ops/activation.ts';
export {
  celu,
  elu,
  gelu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logit,
  logSigmoid,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
} from './ops/activation.ts';
export { glu, swiglu } from './ops/gated.ts';
export type { VarianceOptions } from './ops/reduce.ts';
export { all, any, countNonzero, logSumExp, max, mean, min, prod, std, variance } from './ops/reduce.ts';
export type { NormOptions } from './ops/vector-norm.ts';
export { norm } from './ops/vector-norm.ts';
export type { CummaxOptions } from './ops/cumulative.ts';
export { cummax, cummin, cumprod, diff } from './ops/cumulative.ts';
export type { QuantileOptions } from './ops/order.ts';
export { argsort, median, quantile } from './ops/order.ts';
export type { ArgOptions, AxisOptions, CumsumOptions } from './ops/along-axis.ts';
export { argmax, argmin, cumsum, logSoftmax, softmax, softmin } from './ops/along-axis.ts';
export type { PadMode, PadOptions, SliceRange } from './ops/movement.ts';
export {
  concat,
  flatten,
  flip,
  moveAxis,
  pad,
  slice,
  split,
  squeeze,
  stack,
  swapAxes,
  unsqueeze,
} from './ops/movement.ts';
export { repeat, roll, tile, unstack } from './ops/rearrange.ts';
export type { DiagonalOptions, MatrixDiagonalOptions } from './ops/triangular.ts';
export { diag, diagEmbed, diagonal, matrixTrace, tril, triu } from './ops/triangular.ts';
export type { ArangeOptions, DTypeOptions, EyeOptions } from './ops/creation.ts';
export { arange, eye, fullLike, linspace, meshgrid, ones, zeros } from './ops/creation.ts';
export type { IndexOptions, Ordered, UnfoldOptions } from './ops/indexing.ts';
export {
  addAlongAxis,
  gather,
  maskedFill,
  oneHot,
  scatterAdd,
  sort,
  takeAlongAxis,
  topK,
  unfold,
} from './ops/indexing.ts';
export type { Index, IndexList, MaskList } from './ops/at-items.ts';
export { at } from './ops/at.ts';
export { maxAlongAxis, putAlongAxis, scatter, scatterMax } from './ops/scatter.ts';
export type { MatmulOptions } from './ops/linalg.ts';
export { dot, linear, matmul, matrixTranspose, outer } from './ops/linalg.ts';
export { dequantize, quantizedEmbedding, quantizedLinear } from './ops/quantized.ts';
export type { QuantizedWeight } from './ops/quantized.ts';
export { ggmlWeight, quantizeWeight } from './quantize/index.ts';
export type { GgmlType, QuantizeOptions } from './quantize/index.ts';
export type { TriangularSolveOptions } from './ops/triangular-solve.ts';
export { triangularSolve } from './ops/triangular-solve.ts';
export { cholesky, choleskyLogDet, choleskySolve } from './ops/cholesky.ts';
export { einsum } from './ops/einsum.ts';
export { bilinear, inner, kron, tensordot, vdot } from './ops/products.ts';
export type { Conv1dOptions, Conv2dOptions, Conv3dOptions } from './ops/conv.ts';
export { conv1d, conv2d, conv3d } from './ops/conv.ts';
export type { ConvTranspose1dOptions, ConvTranspose2dOptions, ConvTranspose3dOptions } from './ops/conv-transpose.ts';
export { convTranspose1d, convTranspose2d, convTranspose3d } from './ops/conv-transpose.ts';
export type { Padding1d, Padding2d, Padding3d, Pair, Sides, Triple } from './ops/conv-window.ts';
export type { MaxPool1dOptions, MaxPool2dOptions, MaxPool3dOptions } from './ops/pool.ts';
export { maxPool1d, maxPool2d, maxPool3d } from './ops/pool.ts';
export type { AvgPool1dOptions, AvgPool2dOptions, AvgPool3dOptions } from './ops/pool-average.ts';
export { avgPool1d, avgPool2d, avgPool3d } from './ops/pool-average.ts';
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from './ops/pool-adaptive.ts';
export { exportOnnx, toOnnx } from './runtime/export.ts';
export type { ExportOptions, OnnxFile } from './runtime/export.ts';
export type { Exportable } from './lowering/traced-target.ts';
export { compile } from './runtime/compile.ts';
export type { CompileOptions, Compiled } from './runtime/compile.ts';
export { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, rmsNorm } from './ops/norm.ts';
export type {
  BatchNormOptions,
  BatchNormResult,
  GroupNormOptions,
  InstanceNormOptions,
  LayerNormOptions,
  LocalResponseNormOptions,
  RmsNormOptions,
} from './ops/norm.ts';
export { attentionWeights, scaledDotProductAttention } from './ops/attention.ts';
export type { AttentionOptions } from './ops/attention.ts';
export { cachedAttention, cachedPositions } from './ops/cached-attention.ts';
export type { CachedAttentionOptions, PastKeys } from './ops/cached-attention.ts';
export { pixelShuffle, pixelUnshuffle, resize } from './ops/resize.ts';
export type { ResizeMode, ResizeOptions } from './ops/resize.ts';

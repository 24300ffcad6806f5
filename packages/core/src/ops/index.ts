export { bind, bindAll } from '../trace/bind.ts';
export { checkArgument, checkOptionNames } from '../argument.ts';
export type { ArgumentRule } from '../argument.ts';
export { INSPECT } from '../inspect.ts';
export { checkWindow } from './attention-mask.ts';
export { asTensor, promoteOperands } from '../trace/operands.ts';
export { traceRegion } from '../trace/region.ts';
export type { Region, RegionInput, RegionRequest } from '../trace/region.ts';
export { regionGradient } from '../transforms/region-gradient.ts';
export type { RegionGradientRequest } from '../transforms/region-gradient.ts';
export { currentScope, untraced, withScope } from '../ir/scope.ts';
export type { TraceScope } from '../ir/scope.ts';
export type {
  AnyOp,
  AttrValue,
  EffectValue,
  NoAttrs,
  OpDef,
  OperandTypes,
  Operands,
  Regions,
  TensorType,
  VjpContext,
  VjpRule,
} from '../ir/op.ts';
export type {
  OnnxAttr,
  OnnxAttrs,
  OnnxBinding,
  OnnxBuilder,
  OnnxContext,
  OnnxInputs,
  OnnxSimple,
  OnnxTarget,
  OnnxValue,
} from '../ir/onnx-binding.ts';
export type { Capabilities, Fallback, KernelFault, Kernels } from '../ir/capabilities.ts';
export { allocate, bytesPerElement, isFloat, isInteger, promote } from '../dtype.ts';
export {
  dimAdd,
  dimDivide,
  dimEquals,
  dimFloorDiv,
  dimMul,
  dimNames,
  dimSub,
  evaluateDim,
  isSymbolic,
} from '../dim.ts';
export type { DimBindings } from '../dim.ts';
export {
  broadcastShapes,
  checkShape,
  evaluateShape,
  inferReshape,
  normalizeAxes,
  normalizeAxis,
  shapesEqual,
  sizeOf,
  staticShape,
} from '../shape.ts';
export { sumTo } from '../transforms/vjp.ts';
export { convertElements, hostData } from '../trace/convert.ts';
export { hostLeaf } from '../trace/literal.ts';
export { fromNumber, toNumber } from '../number.ts';
export { isNothing } from './shared-cotangent.ts';
export { checkQuantizedFormat, checkQuantizedWeight } from './quantized-weight.ts';

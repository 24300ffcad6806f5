export { backendConformance } from './conformance.ts';
export type { ConformanceOptions } from './conformance.ts';
export { checkLinear } from './check-linear.ts';
export { checkPortable } from './check-portable.ts';
export { checkSamples } from './check-samples.ts';
export { isRefusal } from './limits.ts';
export type { Limits } from './limits.ts';
export { measureKernels } from './kernels.ts';
export { SUPPORT_DTYPES, measureOps } from './op-support.ts';
export type { OpSupport } from './op-support.ts';
export { kernelTable } from '../onnx/support.ts';
export { gradcheck } from './gradcheck.ts';
export type { GradcheckOptions } from './gradcheck.ts';
export { allClose, isClose, difference, FORWARD_TOLERANCE, GRADIENT_TOLERANCE } from './close.ts';
export {
  plain,
  randomPlain,
  rounded,
  toTensor,
  indicesOf,
  at,
  fillPlain,
  mapPlain,
  reducePlain,
  mapAxis,
} from './plain.ts';
export type { RandomPlainOptions } from './plain.ts';
export type { Plain, Sample, SamplesOf, OpNames } from './sample.ts';
export { allSamples } from './samples/index.ts';
export { checkEmpty, emptyCases } from './empty.ts';
export type { EmptyCase } from './empty.ts';
export { checkSizes } from './sizes.ts';
export type { SizesReport } from './sizes.ts';

export { Wire } from './wire.ts';
export { attribute, graphProto, modelProto, nodeProto, rawBytes, tensorProto, valueInfo } from './model.ts';
export type { ExternalData } from './model.ts';
export { exportOnnx, toOnnx } from '../runtime/export.ts';
export type { ExportOptions, OnnxFile } from '../runtime/export.ts';
export type { Exportable } from '../lowering/traced-target.ts';
export { OPSET } from './opset.ts';

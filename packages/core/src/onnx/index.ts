export { Wire } from './wire.ts';
export { attribute, graphProto, modelProto, nodeProto, rawBytes, tensorProto, valueInfo } from './model.ts';
export type { ExternalData } from './model.ts';
export { exportOnnx, toOnnx } from './export.ts';
export type { ExportOptions, OnnxFile } from './export.ts';
export type { Exportable } from './target.ts';
export { OPSET } from './opset.ts';

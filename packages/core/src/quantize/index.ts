export { quantizeWeight } from './quantize-weight.ts';
export type { QuantizeOptions } from './quantize-weight.ts';
export { ggmlWeight } from './ggml-weight.ts';
export type { GgmlType } from './ggml-weight.ts';

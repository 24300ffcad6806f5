export { QuantizedEmbedding } from './quantized-embedding.ts';
export type { QuantizedEmbeddingOptions } from './quantized-embedding.ts';
export { QuantizedLinear } from './quantized-linear.ts';
export type { QuantizedLinearOptions } from './quantized-linear.ts';
export type { QuantizedFormat, QuantizedMatrix } from './quantized-matrix.ts';

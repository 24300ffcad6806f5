export { AutoTokenizer } from './auto-tokenizer.ts';
export { embedder } from './embedder.ts';
export type { EmbedderOptions, TextEmbedder } from './embedder.ts';

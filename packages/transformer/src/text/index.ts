export { embedder } from './embedder.ts';
export type { EmbedderOptions, TextEmbedder } from './embedder.ts';

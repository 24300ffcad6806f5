export { openAICompatible } from './open-ai-compatible.ts';
export { openAIEmbedder } from './open-ai-embedder.ts';
export type { EmbeddingServerOptions } from './open-ai-embedder.ts';
export type { ServerKind, ServerOptions } from './options.ts';

export { embedderContract } from './embedder-contract.ts';
export type { EmbedderContract } from './embedder-contract.ts';
export { textGeneratorContract } from './generator-contract.ts';
export type { DeclareTest, GeneratorContract } from './generator-contract.ts';

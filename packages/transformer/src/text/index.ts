export { AutoTokenizer } from './auto-tokenizer.ts';
export { embedder } from './embedder.ts';
export type { EmbedderOptions, TextEmbedder } from './embedder.ts';
export { textGenerator } from './text-generator.ts';
export type {
  LocalTextGenerator,
  LocalTextStream,
  TextGeneratorOptions,
  TextGeneratorParts,
} from './text-generator.ts';
export type { TextGeneration } from './text-generation.ts';
export { checkTextOptions, textOptionNames } from './text-options.ts';
export type { TextGenerateOptions } from './text-options.ts';

export { ProviderError } from './errors.ts';
export type { ProviderErrorCode, ProviderErrorOptions } from './errors.ts';
export type { JsonSchema } from './json-schema.ts';
export type {
  AssistantMessage,
  ContentPart,
  ImagePart,
  Message,
  Prompt,
  SystemMessage,
  TextPart,
  ToolMessage,
  UserMessage,
} from './messages.ts';
export type { Tool, ToolCall, ToolChoice } from './tools.ts';
export type { Usage } from './usage.ts';
export type { FinishReason, GenerateOptions, Generation, TextGenerator, TokenLogProb } from './text-generator.ts';
export { textStream } from './text-stream.ts';
export type { TextStream } from './text-stream.ts';
export type { Embedder, Embeddings, EmbedOptions } from './embedder.ts';
export type { Classifier, LabelScore, ScoreOptions } from './classifier.ts';
export type { Reranker } from './reranker.ts';
export { checkGenerateOptions, generateOptionNames } from './check-options.ts';
export { checkPrompt } from './check-prompt.ts';
export { checkTexts } from './check-texts.ts';
export { generateObject } from './generate-object.ts';
export type { GeneratedObject, GenerateObjectOptions } from './generate-object.ts';
export type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts';
export { scriptedGenerator } from './scripted-generator.ts';
export type { Script, ScriptedAnswer, ScriptedCall, ScriptedGenerator } from './scripted-generator.ts';
export { hashingEmbedder } from './hashing-embedder.ts';

export { generate } from './generate.ts';
export type {
  GenerateOptions,
  GenerateResult,
  GenerationEnd,
  GenerationStep,
  ScoredToken,
  TokenScore,
} from './generate-options.ts';
export { generateSteps } from './generate-steps.ts';
export type { PromptCache } from './prompt-cache.ts';
export { releaseGeneration } from './release-generation.ts';
export { samplingProbabilities } from './sampling-probabilities.ts';
export type { SamplingSettings, TokenProbability } from './sampling-probabilities.ts';
export type { GenerationSettings } from './settings.ts';

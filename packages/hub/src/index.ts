export type { ModelCard, ModelFile, ModelSource } from './model-card.ts';
export { MODEL_CARDS } from './cards/index.ts';
export { findCard } from './find-card.ts';
export { readSource } from './read-source.ts';

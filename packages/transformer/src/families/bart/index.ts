export { BartForConditionalGeneration } from './bart-for-conditional-generation.ts';
export { BartForQuestionAnswering } from './bart-for-question-answering.ts';
export { BartForSequenceClassification } from './bart-for-sequence-classification.ts';
export { BartModel } from './bart-model.ts';
export type { BartConfig } from './config.ts';

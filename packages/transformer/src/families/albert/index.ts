export { AlbertForMaskedLM } from './albert-for-masked-lm.ts';
export { AlbertForPreTraining } from './albert-for-pre-training.ts';
export type { AlbertPreTrainingOutput } from './albert-for-pre-training.ts';
export { AlbertForQuestionAnswering } from './albert-for-question-answering.ts';
export { AlbertForSequenceClassification } from './albert-for-sequence-classification.ts';
export { AlbertForTokenClassification } from './albert-for-token-classification.ts';
export { AlbertModel } from './albert-model.ts';
export type { AlbertConfig } from './config.ts';

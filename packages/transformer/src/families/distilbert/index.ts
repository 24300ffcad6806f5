export type { DistilBertConfig } from './config.ts';
export { DistilBertForMaskedLM } from './distilbert-for-masked-lm.ts';
export { DistilBertForQuestionAnswering } from './distilbert-for-question-answering.ts';
export { DistilBertForSequenceClassification } from './distilbert-for-sequence-classification.ts';
export { DistilBertForTokenClassification } from './distilbert-for-token-classification.ts';
export { DistilBertModel } from './distilbert-model.ts';
export type { DistilBertInputs } from './distilbert-model.ts';

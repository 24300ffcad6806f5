export type { RobertaConfig } from './config.ts';
export { RobertaForMaskedLM } from './roberta-for-masked-lm.ts';
export { RobertaForQuestionAnswering } from './roberta-for-question-answering.ts';
export { RobertaForSequenceClassification } from './roberta-for-sequence-classification.ts';
export { RobertaForTokenClassification } from './roberta-for-token-classification.ts';
export { RobertaModel } from './roberta-model.ts';

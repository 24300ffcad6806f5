export type { ElectraConfig } from './config.ts';
export { ElectraForMaskedLM } from './electra-for-masked-lm.ts';
export { ElectraForPreTraining } from './electra-for-pre-training.ts';
export { ElectraForQuestionAnswering } from './electra-for-question-answering.ts';
export { ElectraForSequenceClassification } from './electra-for-sequence-classification.ts';
export { ElectraForTokenClassification } from './electra-for-token-classification.ts';
export { ElectraModel } from './electra-model.ts';

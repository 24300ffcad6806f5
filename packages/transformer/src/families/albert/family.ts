import { AlbertForMaskedLM } from './albert-for-masked-lm.ts';
import { AlbertForPreTraining } from './albert-for-pre-training.ts';
import { AlbertForQuestionAnswering } from './albert-for-question-answering.ts';
import { AlbertForSequenceClassification } from './albert-for-sequence-classification.ts';
import { AlbertForTokenClassification } from './albert-for-token-classification.ts';
import { AlbertModel } from './albert-model.ts';

/** ALBERT's classes by what they are for. */
export const albertFamily = {
  base: AlbertModel,
  maskedLM: AlbertForMaskedLM,
  preTraining: AlbertForPreTraining,
  questionAnswering: AlbertForQuestionAnswering,
  sequenceClassification: AlbertForSequenceClassification,
  tokenClassification: AlbertForTokenClassification,
};

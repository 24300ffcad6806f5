import { DistilBertForMaskedLM } from './distilbert-for-masked-lm.ts';
import { DistilBertForQuestionAnswering } from './distilbert-for-question-answering.ts';
import { DistilBertForSequenceClassification } from './distilbert-for-sequence-classification.ts';
import { DistilBertForTokenClassification } from './distilbert-for-token-classification.ts';
import { DistilBertModel } from './distilbert-model.ts';

/** DistilBERT's classes by what they are for. */
export const distilbertFamily = {
  base: DistilBertModel,
  maskedLM: DistilBertForMaskedLM,
  questionAnswering: DistilBertForQuestionAnswering,
  sequenceClassification: DistilBertForSequenceClassification,
  tokenClassification: DistilBertForTokenClassification,
};

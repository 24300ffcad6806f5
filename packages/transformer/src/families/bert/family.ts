import { BertForMaskedLM } from './bert-for-masked-lm.ts';
import { BertForNextSentencePrediction } from './bert-for-next-sentence-prediction.ts';
import { BertForPreTraining } from './bert-for-pre-training.ts';
import { BertForQuestionAnswering } from './bert-for-question-answering.ts';
import { BertForSequenceClassification } from './bert-for-sequence-classification.ts';
import { BertForTokenClassification } from './bert-for-token-classification.ts';
import { BertModel } from './bert-model.ts';

/** BERT's classes by what they are for. */
export const bertFamily = {
  base: BertModel,
  maskedLM: BertForMaskedLM,
  nextSentence: BertForNextSentencePrediction,
  preTraining: BertForPreTraining,
  questionAnswering: BertForQuestionAnswering,
  sequenceClassification: BertForSequenceClassification,
  tokenClassification: BertForTokenClassification,
};

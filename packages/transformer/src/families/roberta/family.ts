import { RobertaForMaskedLM } from './roberta-for-masked-lm.ts';
import { RobertaForQuestionAnswering } from './roberta-for-question-answering.ts';
import { RobertaForSequenceClassification } from './roberta-for-sequence-classification.ts';
import { RobertaForTokenClassification } from './roberta-for-token-classification.ts';
import { RobertaModel } from './roberta-model.ts';

/** RoBERTa's classes by what they are for. */
export const robertaFamily = {
  base: RobertaModel,
  maskedLM: RobertaForMaskedLM,
  questionAnswering: RobertaForQuestionAnswering,
  sequenceClassification: RobertaForSequenceClassification,
  tokenClassification: RobertaForTokenClassification,
};

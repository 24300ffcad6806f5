import { ElectraForMaskedLM } from './electra-for-masked-lm.ts';
import { ElectraForPreTraining } from './electra-for-pre-training.ts';
import { ElectraForQuestionAnswering } from './electra-for-question-answering.ts';
import { ElectraForSequenceClassification } from './electra-for-sequence-classification.ts';
import { ElectraForTokenClassification } from './electra-for-token-classification.ts';
import { ElectraModel } from './electra-model.ts';

/** ELECTRA's classes by what they are for. */
export const electraFamily = {
  base: ElectraModel,
  maskedLM: ElectraForMaskedLM,
  preTraining: ElectraForPreTraining,
  questionAnswering: ElectraForQuestionAnswering,
  sequenceClassification: ElectraForSequenceClassification,
  tokenClassification: ElectraForTokenClassification,
};

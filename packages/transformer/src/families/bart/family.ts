import { BartForConditionalGeneration } from './bart-for-conditional-generation.ts';
import { BartForQuestionAnswering } from './bart-for-question-answering.ts';
import { BartForSequenceClassification } from './bart-for-sequence-classification.ts';
import { BartModel } from './bart-model.ts';

/** BART's classes by what they are for. */
export const bartFamily = {
  base: BartModel,
  questionAnswering: BartForQuestionAnswering,
  seq2SeqLM: BartForConditionalGeneration,
  sequenceClassification: BartForSequenceClassification,
};

/** Those that there are of Marian and PEGASUS. */
export const translatingFamily = { base: BartModel, seq2SeqLM: BartForConditionalGeneration };

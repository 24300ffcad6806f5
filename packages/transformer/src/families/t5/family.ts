import { T5EncoderModel } from './t5-encoder-model.ts';
import { T5ForConditionalGeneration } from './t5-for-conditional-generation.ts';
import { T5ForQuestionAnswering } from './t5-for-question-answering.ts';
import { T5ForSequenceClassification } from './t5-for-sequence-classification.ts';
import { T5ForTokenClassification } from './t5-for-token-classification.ts';
import { T5Model } from './t5-model.ts';

/** T5's classes by what they are for. */
export const t5Family = {
  base: T5Model,
  encoder: T5EncoderModel,
  questionAnswering: T5ForQuestionAnswering,
  seq2SeqLM: T5ForConditionalGeneration,
  sequenceClassification: T5ForSequenceClassification,
  tokenClassification: T5ForTokenClassification,
};

import { GPT2ForQuestionAnswering } from './gpt2-for-question-answering.ts';
import { GPT2ForSequenceClassification } from './gpt2-for-sequence-classification.ts';
import { GPT2ForTokenClassification } from './gpt2-for-token-classification.ts';
import { GPT2LMHeadModel } from './gpt2-lm-head-model.ts';
import { GPT2Model } from './gpt2-model.ts';

/** GPT-2's classes by what they are for. */
export const gpt2Family = {
  base: GPT2Model,
  causalLM: GPT2LMHeadModel,
  questionAnswering: GPT2ForQuestionAnswering,
  sequenceClassification: GPT2ForSequenceClassification,
  tokenClassification: GPT2ForTokenClassification,
};

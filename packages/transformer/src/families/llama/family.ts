import { LlamaForCausalLM } from './llama-for-causal-lm.ts';
import { LlamaForQuestionAnswering } from './llama-for-question-answering.ts';
import { LlamaForSequenceClassification } from './llama-for-sequence-classification.ts';
import { LlamaForTokenClassification } from './llama-for-token-classification.ts';
import { LlamaModel } from './llama-model.ts';

/** The Llama-style classes by what they are for. */
export const llamaFamily = {
  base: LlamaModel,
  causalLM: LlamaForCausalLM,
  questionAnswering: LlamaForQuestionAnswering,
  sequenceClassification: LlamaForSequenceClassification,
  tokenClassification: LlamaForTokenClassification,
};

import { LlamaForCausalLM } from './llama-for-causal-lm.ts';
import { LlamaForSequenceClassification } from './llama-for-sequence-classification.ts';
import { LlamaModel } from './llama-model.ts';

/** The Llama-style classes by what they are for. */
export const llamaFamily = {
  base: LlamaModel,
  causalLM: LlamaForCausalLM,
  sequenceClassification: LlamaForSequenceClassification,
};

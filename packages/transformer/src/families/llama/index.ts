export type { LlamaConfig } from './config.ts';
export { LlamaForCausalLM } from './llama-for-causal-lm.ts';
export { LlamaForQuestionAnswering } from './llama-for-question-answering.ts';
export { LlamaForSequenceClassification } from './llama-for-sequence-classification.ts';
export { LlamaForTokenClassification } from './llama-for-token-classification.ts';
export { LlamaModel } from './llama-model.ts';
export type { LlamaInputs, LlamaOutput } from './llama-model.ts';

export type { GPT2Config } from './config.ts';
export { GPT2ForQuestionAnswering } from './gpt2-for-question-answering.ts';
export { GPT2ForSequenceClassification } from './gpt2-for-sequence-classification.ts';
export { GPT2ForTokenClassification } from './gpt2-for-token-classification.ts';
export { GPT2LMHeadModel } from './gpt2-lm-head-model.ts';
export { GPT2Model } from './gpt2-model.ts';
export type { GPT2Inputs, GPT2Output } from './gpt2-model.ts';

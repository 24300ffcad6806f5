export type { T5Config } from './config.ts';
export { shiftRight } from './shift-right.ts';
export { T5EncoderModel } from './t5-encoder-model.ts';
export { T5ForConditionalGeneration } from './t5-for-conditional-generation.ts';
export { T5ForQuestionAnswering } from './t5-for-question-answering.ts';
export { T5ForSequenceClassification } from './t5-for-sequence-classification.ts';
export { T5ForTokenClassification } from './t5-for-token-classification.ts';
export { T5Model } from './t5-model.ts';
export type { T5DecodeInputs, T5EncodeInputs, T5Encoded, T5Inputs, T5Output } from './t5-model.ts';

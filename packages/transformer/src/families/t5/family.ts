import { T5EncoderModel } from './t5-encoder-model.ts';
import { T5ForConditionalGeneration } from './t5-for-conditional-generation.ts';
import { T5Model } from './t5-model.ts';

/** T5's classes by what they are for. */
export const t5Family = { base: T5Model, encoder: T5EncoderModel, seq2SeqLM: T5ForConditionalGeneration };

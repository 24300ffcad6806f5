import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';

/** What BERT's files call things. */
export const bertNames: NameRules = {
  base: 'bert',
  // TensorFlow's names for the scale and the shift of a norm.
  rename: (name) => name.replace(/LayerNorm\.gamma$/, 'LayerNorm.weight').replace(/LayerNorm\.beta$/, 'LayerNorm.bias'),
  buffers: /(^|\.)embeddings\.(position_ids|token_type_ids)$/,
  heads: /^(cls|classifier|qa_outputs|(bert\.)?pooler)\./,
  optional: ['pooler'],
};

/** The output computes with the word embeddings, and its bias goes by two names. */
export const bertTied: readonly TiedName[] = [
  ['cls.predictions.decoder.weight', 'bert.embeddings.word_embeddings.weight'],
  ['cls.predictions.decoder.bias', 'cls.predictions.bias'],
];

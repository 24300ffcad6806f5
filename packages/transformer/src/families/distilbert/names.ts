import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';
import { bertNames } from '../bert/names.ts';

/** What DistilBERT's files call things. */
export const distilbertNames: NameRules = {
  ...bertNames,
  base: 'distilbert',
  heads: /^(vocab_transform|vocab_layer_norm|vocab_projector|pre_classifier|classifier|qa_outputs)\./,
  optional: [],
};

/** The output computes with the word embeddings. */
export const distilbertTied: readonly TiedName[] = [
  ['vocab_projector.weight', 'distilbert.embeddings.word_embeddings.weight'],
];

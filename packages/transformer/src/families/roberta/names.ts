import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';
import { bertNames } from '../bert/names.ts';

/** What RoBERTa's files call things. */
export const robertaNames: NameRules = {
  ...bertNames,
  base: 'roberta',
  heads: /^(lm_head|classifier|qa_outputs|(roberta\.)?pooler)\./,
};

/** The output computes with the word embeddings, and its bias goes by two names. */
export const robertaTied: readonly TiedName[] = [
  ['lm_head.decoder.weight', 'roberta.embeddings.word_embeddings.weight'],
  ['lm_head.decoder.bias', 'lm_head.bias'],
];

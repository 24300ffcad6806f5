import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';
import { bertNames } from '../bert/names.ts';

/** What ALBERT's files call things. */
export const albertNames: NameRules = {
  ...bertNames,
  base: 'albert',
  heads: /^(predictions|sop_classifier|classifier|qa_outputs|(albert\.)?pooler)\./,
};

/** The output computes with the word embeddings, and its bias goes by two names. */
export const albertTied: readonly TiedName[] = [
  ['predictions.decoder.weight', 'albert.embeddings.word_embeddings.weight'],
  ['predictions.decoder.bias', 'predictions.bias'],
];

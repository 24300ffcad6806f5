import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';
import { bertNames } from '../bert/names.ts';

/** What ELECTRA's files call things: the same for generators and discriminators, but for the heads. */
export const electraNames: NameRules = {
  ...bertNames,
  base: 'electra',
  heads: /^(discriminator_predictions|generator_predictions|generator_lm_head|classifier|qa_outputs)\./,
  optional: [],
};

/** The generator's output computes with the word embeddings. */
export const electraTied: readonly TiedName[] = [
  ['generator_lm_head.weight', 'electra.embeddings.word_embeddings.weight'],
];

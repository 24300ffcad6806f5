import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';

/** What T5's files call things. */
export const t5Names: NameRules = {
  // Only classes of texts and tokens have it in front of their names.
  base: 'transformer',
  rename: (name) => name,
  // A bias that the first files have and nothing computes with.
  buffers: /EncDecAttention\.relative_attention_bias\.weight$/,
  heads: /^(lm_head|classifier|classification_head|qa_outputs)\./,
  optional: [],
};

/** The encoder alone does without the decoder. */
export const t5EncoderNames: NameRules = {
  ...t5Names,
  heads: /^(lm_head|(transformer\.)?decoder|classifier|classification_head|qa_outputs)\./,
};

/** The output computes with the word embeddings. */
export const t5Tied: readonly TiedName[] = [['lm_head.weight', 'shared.weight']];

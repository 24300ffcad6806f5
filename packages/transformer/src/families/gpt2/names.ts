import type { NameRules } from '../../pretrained/names.ts';

/** What GPT-2's files call things. */
export const gpt2Names: NameRules = {
  base: 'transformer',
  rename: (name) => name,
  // Causal masks that old files hold.
  buffers: /(^|\.)attn\.(bias|masked_bias)$/,
  heads: /^(lm_head|score|classifier|qa_outputs|multiple_choice_head)\./,
  optional: [],
};

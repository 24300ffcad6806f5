import type { NameRules } from '../../pretrained/names.ts';

/** What the files of Llama-style models call things. */
export const llamaNames: NameRules = {
  base: 'model',
  rename: (name) => name,
  buffers: /(^|\.)rotary_emb\.(inv_freq|cos_cached|sin_cached)$/,
  heads: /^(lm_head|score|classifier|qa_outputs)\./,
  optional: [],
};

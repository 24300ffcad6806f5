import type { NameRules } from '../../pretrained/names.ts';

/** What the files of Llama-style models call things. */
export const llamaNames: NameRules = {
  base: 'model',
  // The files of question answering call the base otherwise.
  rename: (name) => name.replace(/^transformer\./, 'model.'),
  buffers: /(^|\.)rotary_emb\.(inv_freq|cos_cached|sin_cached)$/,
  heads: /^(lm_head|score|classifier|qa_outputs)\./,
  optional: [],
};

/** The same for question answering. */
export const llamaAnsweringNames: NameRules = {
  ...llamaNames,
  base: 'transformer',
  rename: (name) => name.replace(/^model\./, 'transformer.'),
};

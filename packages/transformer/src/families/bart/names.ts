import type { TiedName } from '../../models/pretrained-model.ts';
import type { NameRules } from '../../pretrained/names.ts';

/** What BART's files call things, and Marian's and PEGASUS's. */
export const bartNames: NameRules = {
  base: 'model',
  rename: (name) => name,
  buffers: /^(model\.)?(en|de)coder\.version$/,
  heads: /^(lm_head|classification_head|qa_outputs)\.|^final_logits_bias$/,
  optional: [],
  // Sines, which not every file has, and a bias of zeros.
  made: /(^final_logits_bias|embed_positions\.weight)$/,
};

/** Encoder and decoder look words up in one table; files of version 5 whose output has words of its own may have three. */
export const bartTables: readonly TiedName[] = [
  ['encoder.embed_tokens.weight', 'shared.weight'],
  ['decoder.embed_tokens.weight', 'shared.weight'],
];

/** The same below a head. */
export const bartTablesBelow: readonly TiedName[] = bartTables.map(([name, of]) => [`model.${name}`, `model.${of}`]);

/** The output computes with the words of both, or with those of the decoder. */
export const bartTied: readonly TiedName[] = [['lm_head.weight', 'model.shared.weight']];
export const bartTiedApart: readonly TiedName[] = [['lm_head.weight', 'model.decoder.embed_tokens.weight']];

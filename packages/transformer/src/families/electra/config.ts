import type { Fields } from '../../config/fields.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { size } from '../../config/rules.ts';
import { bertFields } from '../bert/config.ts';
import type { BertConfig } from '../bert/config.ts';

/**
 * What an ELECTRA model is made of: what BERT is, with embeddings of a size of their own. The names are those of Hugging Face's
 * config.json in camel case.
 * @category ELECTRA
 */
export interface ElectraConfig extends BertConfig {
  /** Features of an embedding; where it is not `hiddenSize`, a linear map follows. Default 128. */
  readonly embeddingSize: number;
  /** Features of a hidden state. Default 256. */
  readonly hiddenSize: number;
  /** Heads of attention; divides `hiddenSize`. Default 4. */
  readonly numAttentionHeads: number;
  /** Features between the two maps of a feed-forward part. Default 1024. */
  readonly intermediateSize: number;
}

const fields: Fields<ElectraConfig> = {
  ...bertFields,
  embeddingSize: { rule: size, default: 128 },
  hiddenSize: { rule: size, default: 256 },
  numAttentionHeads: { rule: size, default: 4 },
  intermediateSize: { rule: size, default: 1024 },
};

export const electraFormat: ConfigFormat<ElectraConfig> = {
  modelType: 'electra',
  fields,
  // Only a head for multiple choice has a summary.
  harmless: ['summary_activation', 'summary_last_dropout', 'summary_type', 'summary_use_proj'],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    position_embedding_type: 'absolute',
    pruned_heads: {},
    tie_encoder_decoder: false,
  },
};

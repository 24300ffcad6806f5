import type { Fields } from '../../config/fields.ts';
import type { ConfigFormat, Kind } from '../../config/read-config.ts';
import { oneOf, size, tokenRow } from '../../config/rules.ts';
import { bertFields } from '../bert/config.ts';
import type { BertConfig } from '../bert/config.ts';

/** Models that RoBERTa's classes compute, by the names of their files. */
type RobertaKind = 'roberta' | 'xlm-roberta' | 'camembert';

/**
 * What a RoBERTa model is made of: what BERT is, with other defaults. The names are those of Hugging Face's config.json in camel case.
 * @category RoBERTa
 */
export interface RobertaConfig extends BertConfig {
  /** Whose files it is read from and saved as; all are computed alike. Default `roberta`, which CodeBERT's say too. */
  readonly modelType: RobertaKind;
  /** Tokens that there are. Default 50265; 30522 for the other kinds. */
  readonly vocabSize: number;
  /** Rows of the table of positions: `padTokenId + 1` more than the longest text has tokens. Default 512. */
  readonly maxPositionEmbeddings: number;
  /** The token that only fills up a batch: it takes no position, and is not trained. Default 1. */
  readonly padTokenId: number;
}

const kinds: Readonly<Record<RobertaKind, Kind>> = {
  roberta: { prefix: 'Roberta' },
  'xlm-roberta': { prefix: 'XLMRoberta' },
  camembert: { prefix: 'Camembert' },
};

const fields: Fields<RobertaConfig> = {
  modelType: { rule: oneOf(Object.keys(kinds) as RobertaKind[]), default: 'roberta', matters: false },
  ...bertFields,
  vocabSize: { rule: size, default: ({ modelType }) => (modelType === 'roberta' ? 50_265 : 30_522) },
  padTokenId: { rule: tokenRow, default: 1 },
};

export const robertaFormat: ConfigFormat<RobertaConfig> = {
  modelType: 'roberta',
  kinds,
  fields,
  harmless: [],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    position_embedding_type: 'absolute',
    pruned_heads: {},
    tie_encoder_decoder: false,
  },
};

import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';
import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { flag, layerCount, nonNegative, probability, size, tokenId } from '../../config/rules.ts';

/**
 * What a BERT model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category BERT
 */
export interface BertConfig extends LabelConfig {
  /** Tokens that there are. Default 30522. */
  readonly vocabSize: number;
  /** Features of a hidden state. Default 768. */
  readonly hiddenSize: number;
  /** Layers. Default 12. */
  readonly numHiddenLayers: number;
  /** Heads of attention; divides `hiddenSize`. Default 12. */
  readonly numAttentionHeads: number;
  /** Features between the two maps of a feed-forward part. Default 3072. */
  readonly intermediateSize: number;
  /** Activation between them, and in the masked language head. Default `gelu`, the exact one. */
  readonly hiddenAct: ActivationName;
  /** Probability of a feature to be dropped in training. Default 0.1. */
  readonly hiddenDropoutProb: number;
  /** Probability of an attention weight to be dropped in training. Default 0.1. */
  readonly attentionProbsDropoutProb: number;
  /** Longest text in tokens. Default 512. */
  readonly maxPositionEmbeddings: number;
  /** Kinds of segments. Default 2. */
  readonly typeVocabSize: number;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly initializerRange: number;
  /** Added to variances. Default 1e-12. */
  readonly layerNormEps: number;
  /** The token that only fills up a batch: its embedding is not trained. Default 0; null: there is none. */
  readonly padTokenId: number | null;
  /** Probability of a feature to be dropped before a classification head. Default: `hiddenDropoutProb`. */
  readonly classifierDropout: number | null;
  /** Whether the masked language head computes with the word embeddings. Default true. */
  readonly tieWordEmbeddings: boolean;
}

/** The fields of {@link BertConfig}, which RoBERTa has too. */
export const bertFields: Fields<BertConfig> = {
  vocabSize: { rule: size, default: 30_522 },
  hiddenSize: { rule: size, default: 768 },
  numHiddenLayers: { rule: layerCount, default: 12 },
  numAttentionHeads: { rule: size, default: 12 },
  intermediateSize: { rule: size, default: 3072 },
  hiddenAct: { rule: activationName, default: 'gelu' },
  hiddenDropoutProb: { rule: probability, default: 0.1, matters: false },
  attentionProbsDropoutProb: { rule: probability, default: 0.1, matters: false },
  maxPositionEmbeddings: { rule: size, default: 512 },
  typeVocabSize: { rule: size, default: 2 },
  initializerRange: { rule: nonNegative, default: 0.02, matters: false },
  layerNormEps: { rule: nonNegative, default: 1e-12 },
  padTokenId: { rule: tokenId, default: 0, nullable: true, matters: false },
  classifierDropout: { rule: probability, default: null, nullable: true, matters: false },
  tieWordEmbeddings: { rule: flag, default: true },
  ...labelFields,
};

export const bertFormat: ConfigFormat<BertConfig> = {
  modelType: 'bert',
  fields: bertFields,
  harmless: [
    // Left over in Google's files: the pooler is always the same.
    'directionality',
    'pooler_fc_size',
    'pooler_num_attention_heads',
    'pooler_num_fc_layers',
    'pooler_size_per_head',
    'pooler_type',
  ],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    position_embedding_type: 'absolute',
    pruned_heads: {},
    tie_encoder_decoder: false,
  },
};

import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { flag, layerCount, nonNegative, probability, size, tokenId } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';

/**
 * What a DistilBERT model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category DistilBERT
 */
export interface DistilBertConfig extends LabelConfig {
  /** Tokens that there are. Default 30522. */
  readonly vocabSize: number;
  /** Longest text in tokens. Default 512. */
  readonly maxPositionEmbeddings: number;
  /** Whether positions begin as sines and cosines; they are read and trained as any others. Default false. */
  readonly sinusoidalPosEmbds: boolean;
  /** Layers. Default 6. */
  readonly nLayers: number;
  /** Heads of attention; divides `dim`. Default 12. */
  readonly nHeads: number;
  /** Features of a hidden state. Default 768. */
  readonly dim: number;
  /** Features between the two maps of a feed-forward part. Default 3072. */
  readonly hiddenDim: number;
  /** Probability of a feature to be dropped in training. Default 0.1. */
  readonly dropout: number;
  /** Probability of an attention weight to be dropped in training. Default 0.1. */
  readonly attentionDropout: number;
  /** Activation of the feed-forward parts, and in the masked language head. Default `gelu`, the exact one. */
  readonly activation: ActivationName;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly initializerRange: number;
  /** Probability of a feature to be dropped before answers are found. Default 0.1. */
  readonly qaDropout: number;
  /** Probability of a feature to be dropped before classes of texts. Default 0.2. */
  readonly seqClassifDropout: number;
  /** The token that only fills up a batch: its embedding is not trained. Default 0; null: there is none. */
  readonly padTokenId: number | null;
  /** Whether the masked language head computes with the word embeddings. Default true. */
  readonly tieWordEmbeddings: boolean;
}

const fields: Fields<DistilBertConfig> = {
  vocabSize: { rule: size, default: 30_522 },
  maxPositionEmbeddings: { rule: size, default: 512 },
  sinusoidalPosEmbds: { rule: flag, default: false, matters: false },
  nLayers: { rule: layerCount, default: 6 },
  nHeads: { rule: size, default: 12 },
  dim: { rule: size, default: 768 },
  hiddenDim: { rule: size, default: 3072 },
  dropout: { rule: probability, default: 0.1, matters: false },
  attentionDropout: { rule: probability, default: 0.1, matters: false },
  activation: { rule: activationName, default: 'gelu' },
  initializerRange: { rule: nonNegative, default: 0.02, matters: false },
  qaDropout: { rule: probability, default: 0.1, matters: false },
  seqClassifDropout: { rule: probability, default: 0.2, matters: false },
  padTokenId: { rule: tokenId, default: 0, nullable: true, matters: false },
  tieWordEmbeddings: { rule: flag, default: true },
  ...labelFields,
};

export const distilbertFormat: ConfigFormat<DistilBertConfig> = {
  modelType: 'distilbert',
  fields,
  // The first files have it, whatever is tied.
  harmless: ['tie_weights_'],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    pruned_heads: {},
    tie_encoder_decoder: false,
  },
};

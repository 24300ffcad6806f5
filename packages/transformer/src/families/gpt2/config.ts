import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { flag, layerCount, nonNegative, probability, size, tokenId } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';

/**
 * What a GPT-2 model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category GPT-2
 */
export interface GPT2Config extends LabelConfig {
  /** Tokens that there are. Default 50257. */
  readonly vocabSize: number;
  /** Longest text in tokens. Default 1024. */
  readonly nPositions: number;
  /** Features of a hidden state. Default 768. */
  readonly nEmbd: number;
  /** Layers. Default 12. */
  readonly nLayer: number;
  /** Heads of attention; divides `nEmbd`. Default 12. */
  readonly nHead: number;
  /** Features between the two maps of a feed-forward part. Default `4 · nEmbd`. */
  readonly nInner: number;
  /** Activation between them. Default `gelu_new`, the one with tanh. */
  readonly activationFunction: ActivationName;
  /** Probability of a feature to be dropped in training, after attention and the feed-forward part. Default 0.1. */
  readonly residPdrop: number;
  /** Probability of a feature of the embeddings to be dropped in training. Default 0.1. */
  readonly embdPdrop: number;
  /** Probability of an attention weight to be dropped in training. Default 0.1. */
  readonly attnPdrop: number;
  /** Added to variances. Default 1e-5. */
  readonly layerNormEpsilon: number;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly initializerRange: number;
  /** Whether scores are divided by the root of a head's features. Default true. */
  readonly scaleAttnWeights: boolean;
  /** Whether scores of layer i are divided by i + 1 too. Default false. */
  readonly scaleAttnByInverseLayerIdx: boolean;
  /** The token that only fills up a batch: it is no text's last token. Default null: none. */
  readonly padTokenId: number | null;
  /** Probability of a feature to be dropped before classes of tokens. Default 0.1. */
  readonly classifierDropout: number;
  /** Whether the output computes with the word embeddings. Default true. */
  readonly tieWordEmbeddings: boolean;
}

const fields: Fields<GPT2Config> = {
  vocabSize: { rule: size, default: 50_257 },
  nPositions: { rule: size, default: 1024 },
  nEmbd: { rule: size, default: 768 },
  nLayer: { rule: layerCount, default: 12 },
  nHead: { rule: size, default: 12 },
  nInner: { rule: size, default: ({ nEmbd }) => 4 * (nEmbd as number) },
  activationFunction: { rule: activationName, default: 'gelu_new' },
  residPdrop: { rule: probability, default: 0.1, matters: false },
  embdPdrop: { rule: probability, default: 0.1, matters: false },
  attnPdrop: { rule: probability, default: 0.1, matters: false },
  layerNormEpsilon: { rule: nonNegative, default: 1e-5 },
  initializerRange: { rule: nonNegative, default: 0.02, matters: false },
  scaleAttnWeights: { rule: flag, default: true },
  scaleAttnByInverseLayerIdx: { rule: flag, default: false },
  padTokenId: { rule: tokenId, default: null, nullable: true },
  classifierDropout: { rule: probability, default: 0.1, matters: false },
  tieWordEmbeddings: { rule: flag, default: true },
  ...labelFields,
};

export const gpt2Format: ConfigFormat<GPT2Config> = {
  modelType: 'gpt2',
  fields,
  harmless: [
    'n_ctx', // As n_positions.
    'n_special',
    'predict_special_tokens',
    'reorder_and_upcast_attn', // Scores are in float32 anyway.
    // Of the head with two outputs, which is not here.
    'summary_activation',
    'summary_first_dropout',
    'summary_proj_to_labels',
    'summary_type',
    'summary_use_proj',
  ],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    pruned_heads: {},
    tie_encoder_decoder: false,
  },
};

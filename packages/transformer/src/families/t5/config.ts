import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { flag, layerCount, nonNegative, probability, size, tokenId, tokenIds } from '../../config/rules.ts';
import type { Rule } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';

/**
 * What a T5 model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category T5
 */
export interface T5Config extends LabelConfig {
  /** Tokens that there are. Default 32128. */
  readonly vocabSize: number;
  /** Features of a hidden state. Default 512. */
  readonly dModel: number;
  /** Features of a head; heads times this need not be `dModel`. Default 64. */
  readonly dKv: number;
  /** Features in the middle of a feed-forward part. Default 2048. */
  readonly dFf: number;
  /** Layers of the encoder. Default 6. */
  readonly numLayers: number;
  /** Layers of the decoder. Default `numLayers`. */
  readonly numDecoderLayers: number;
  /** Heads of attention. Default 8. */
  readonly numHeads: number;
  /** Rows of the table of position biases. Default 32. */
  readonly relativeAttentionNumBuckets: number;
  /** Distances from this one on share the last row. Default 128. */
  readonly relativeAttentionMaxDistance: number;
  /** Probability of a feature to be dropped in training. Default 0.1. */
  readonly dropoutRate: number;
  /** Added to mean squares. Default 1e-6. */
  readonly layerNormEpsilon: number;
  /** Factor of the first weights. Default 1. */
  readonly initializerFactor: number;
  /** `relu` for T5 1.0, `gated-gelu` for 1.1; the next two follow from it. Default `relu`. */
  readonly feedForwardProj: string;
  /** Activation of the feed-forward part. Default: what `feedForwardProj` says; `gated-gelu` is `gelu_new`. */
  readonly denseActFn: ActivationName;
  /** Whether the feed-forward part has a gate. Default: what `feedForwardProj` says. */
  readonly isGatedAct: boolean;
  /** The token that only fills up a batch. Default 0. */
  readonly padTokenId: number | null;
  /** The token with which the decoder begins. Default `padTokenId`. */
  readonly decoderStartTokenId: number | null;
  /** The token with which texts end: what classes of texts are read from. Default 1. */
  readonly eosTokenId: number | readonly number[] | null;
  /** Whether the output computes with the word embeddings. Default true; false for 1.1. */
  readonly tieWordEmbeddings: boolean;
  /** Whether hidden states are divided by √dModel before the output. Default `tieWordEmbeddings`. */
  readonly scaleDecoderOutputs: boolean;
  /** Probability of a feature to be dropped before a classification head. Default 0. */
  readonly classifierDropout: number;
}

const projection: Rule<string> = {
  is: (value): value is string => typeof value === 'string' && activationName.is(value.replace(/^gated-/, '')),
  text: `an activation, or gated- and an activation, which is ${activationName.text}`,
};

const isGated = (value: unknown): boolean => String(value).startsWith('gated-');
const actOf = (value: unknown): ActivationName =>
  value === 'gated-gelu' ? 'gelu_new' : (String(value).replace(/^gated-/, '') as ActivationName);

const fields: Fields<T5Config> = {
  vocabSize: { rule: size, default: 32_128 },
  dModel: { rule: size, default: 512 },
  dKv: { rule: size, default: 64 },
  dFf: { rule: size, default: 2048 },
  numLayers: { rule: layerCount, default: 6 },
  numDecoderLayers: { rule: layerCount, default: ({ numLayers }) => numLayers as number },
  numHeads: { rule: size, default: 8 },
  relativeAttentionNumBuckets: { rule: size, default: 32 },
  relativeAttentionMaxDistance: { rule: size, default: 128 },
  dropoutRate: { rule: probability, default: 0.1, matters: false },
  layerNormEpsilon: { rule: nonNegative, default: 1e-6 },
  initializerFactor: { rule: nonNegative, default: 1, matters: false },
  // The next two say it again, and are what counts.
  feedForwardProj: { rule: projection, default: 'relu', matters: false },
  denseActFn: { rule: activationName, default: ({ feedForwardProj }) => actOf(feedForwardProj) },
  isGatedAct: { rule: flag, default: ({ feedForwardProj }) => isGated(feedForwardProj) },
  padTokenId: { rule: tokenId, default: 0, nullable: true, matters: false },
  decoderStartTokenId: {
    rule: tokenId,
    default: ({ padTokenId }) => padTokenId as number | null,
    nullable: true,
  },
  eosTokenId: { rule: tokenIds, default: 1, nullable: true },
  tieWordEmbeddings: { rule: flag, default: true },
  scaleDecoderOutputs: {
    rule: flag,
    default: ({ tieWordEmbeddings }) => tieWordEmbeddings as boolean,
    // Version 4 has no field for it.
    fromJson: (json) => json.scale_decoder_outputs ?? json.tie_word_embeddings ?? true,
    reads: ['scale_decoder_outputs'],
  },
  classifierDropout: { rule: probability, default: 0, matters: false },
  ...labelFields,
};

export const t5Format: ConfigFormat<T5Config> = {
  modelType: 't5',
  fields,
  harmless: [
    'is_encoder_decoder', // The class says it.
    'n_positions', // There are no position embeddings.
  ],
  fixed: { add_cross_attention: false, is_decoder: false, pruned_heads: {}, tie_encoder_decoder: false },
};

import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { readRope, rope, ropeNames, writeRope } from '../../config/rope.ts';
import { flag, headSize, layerCount, nonNegative, probability, size, tokenId } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';
import type { RopeParameters } from '../../positions/rope-parameters.ts';

/**
 * What a Llama-style model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category Llama
 */
export interface LlamaConfig extends LabelConfig {
  /** Tokens that there are. Default 32000. */
  readonly vocabSize: number;
  /** Features of a hidden state. Default 4096. */
  readonly hiddenSize: number;
  /** Features in the middle of a feed-forward part. Default 11008. */
  readonly intermediateSize: number;
  /** Layers. Default 32. */
  readonly numHiddenLayers: number;
  /** Heads of the queries. Default 32. */
  readonly numAttentionHeads: number;
  /** Heads of keys and values, shared by groups of query heads. Default `numAttentionHeads`. */
  readonly numKeyValueHeads: number;
  /** Features of a head. Default `hiddenSize / numAttentionHeads`. */
  readonly headDim: number;
  /** Activation of the gate. Default `silu`. */
  readonly hiddenAct: ActivationName;
  /** Longest text in tokens that the model was made for; longer ones are computed too. Default 2048. */
  readonly maxPositionEmbeddings: number;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly initializerRange: number;
  /** Added to mean squares. Default 1e-6. */
  readonly rmsNormEps: number;
  /** The token that only fills up a batch: its embedding is not trained, and it is no text's last token. Default null: none. */
  readonly padTokenId: number | null;
  /** Whether the output computes with the word embeddings. Default false. */
  readonly tieWordEmbeddings: boolean;
  /** Rotary positions. Default: base 10,000, not scaled. */
  readonly ropeParameters: RopeParameters;
  /** Whether the maps of attention have a bias. Default false. */
  readonly attentionBias: boolean;
  /** Probability of an attention weight to be dropped in training. Default 0. */
  readonly attentionDropout: number;
  /** Whether the maps of the feed-forward part have a bias. Default false. */
  readonly mlpBias: boolean;
  /** Probability of a feature to be dropped before classes of tokens. Default 0.1. */
  readonly classifierDropout: number;
}

const fields: Fields<LlamaConfig> = {
  vocabSize: { rule: size, default: 32_000 },
  hiddenSize: { rule: size, default: 4096 },
  intermediateSize: { rule: size, default: 11_008 },
  numHiddenLayers: { rule: layerCount, default: 32 },
  numAttentionHeads: { rule: size, default: 32 },
  numKeyValueHeads: { rule: size, default: ({ numAttentionHeads }) => numAttentionHeads as number },
  headDim: {
    rule: headSize,
    default: ({ hiddenSize, numAttentionHeads }) => Math.floor((hiddenSize as number) / (numAttentionHeads as number)),
  },
  hiddenAct: { rule: activationName, default: 'silu' },
  // Only scaled positions depend on it.
  maxPositionEmbeddings: { rule: size, default: 2048 },
  initializerRange: { rule: nonNegative, default: 0.02, matters: false },
  rmsNormEps: { rule: nonNegative, default: 1e-6 },
  padTokenId: { rule: tokenId, default: null, nullable: true },
  tieWordEmbeddings: { rule: flag, default: false },
  ropeParameters: {
    rule: rope,
    default: { ropeType: 'default', ropeTheta: 10_000 },
    reads: ropeNames,
    fromJson: (json) => readRope(json, (json.max_position_embeddings as number | undefined) ?? 2048),
    toJson: writeRope,
  },
  attentionBias: { rule: flag, default: false },
  attentionDropout: { rule: probability, default: 0, matters: false },
  mlpBias: { rule: flag, default: false },
  classifierDropout: {
    rule: probability,
    default: 0.1,
    matters: false,
    fromJson: (json) => json.classifier_dropout ?? json.hidden_dropout,
    reads: ['classifier_dropout', 'hidden_dropout'],
  },
  ...labelFields,
};

export const llamaFormat: ConfigFormat<LlamaConfig> = {
  modelType: 'llama',
  fields,
  // pretraining_tp slices products, whose result is the same.
  harmless: ['is_llama_config', 'pretraining_tp'],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    pruned_heads: {},
    rope_interleaved: false,
    tie_encoder_decoder: false,
    token_classification_bias: true,
  },
};

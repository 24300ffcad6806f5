import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { flag, layerCount, nonNegative, partCount, probability, size, tokenId } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';

/**
 * What an ALBERT model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category ALBERT
 */
export interface AlbertConfig extends LabelConfig {
  /** Tokens that there are. Default 30000. */
  readonly vocabSize: number;
  /** Features of an embedding; a linear map to `hiddenSize` follows. Default 128. */
  readonly embeddingSize: number;
  /** Features of a hidden state. Default 4096. */
  readonly hiddenSize: number;
  /** How many times a group of layers is gone through. Default 12. */
  readonly numHiddenLayers: number;
  /** Groups that share nothing with each other; each is gone through several times in a row. Default 1: all layers are one. */
  readonly numHiddenGroups: number;
  /** Heads of attention; divides `hiddenSize`. Default 64. */
  readonly numAttentionHeads: number;
  /** Features between the two maps of a feed-forward part. Default 16384. */
  readonly intermediateSize: number;
  /** Layers in a group, one after the other. Default 1. */
  readonly innerGroupNum: number;
  /** Activation between them, and in the masked language head. Default `gelu_new`. */
  readonly hiddenAct: ActivationName;
  /** Probability of a feature to be dropped in training. Default 0. */
  readonly hiddenDropoutProb: number;
  /** Probability of an attention weight to be dropped in training. Default 0. */
  readonly attentionProbsDropoutProb: number;
  /** Longest text in tokens. Default 512. */
  readonly maxPositionEmbeddings: number;
  /** Kinds of segments. Default 2. */
  readonly typeVocabSize: number;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly initializerRange: number;
  /** Added to variances. Default 1e-12. */
  readonly layerNormEps: number;
  /** Probability of a feature to be dropped before a classification head. Default 0.1; null: `hiddenDropoutProb`. */
  readonly classifierDropoutProb: number | null;
  /** The token that only fills up a batch: its embedding is not trained. Default 0; null: there is none. */
  readonly padTokenId: number | null;
  /** Whether the masked language head computes with the word embeddings. Default true. */
  readonly tieWordEmbeddings: boolean;
}

const fields: Fields<AlbertConfig> = {
  vocabSize: { rule: size, default: 30_000 },
  embeddingSize: { rule: size, default: 128 },
  hiddenSize: { rule: size, default: 4096 },
  // They have no tensors of their own, however many there are.
  numHiddenLayers: { rule: { is: layerCount.is, text: layerCount.text }, default: 12 },
  numHiddenGroups: { rule: partCount, default: 1 },
  numAttentionHeads: { rule: size, default: 64 },
  intermediateSize: { rule: size, default: 16_384 },
  innerGroupNum: { rule: partCount, default: 1 },
  hiddenAct: { rule: activationName, default: 'gelu_new' },
  hiddenDropoutProb: { rule: probability, default: 0, matters: false },
  attentionProbsDropoutProb: { rule: probability, default: 0, matters: false },
  maxPositionEmbeddings: { rule: size, default: 512 },
  typeVocabSize: { rule: size, default: 2 },
  initializerRange: { rule: nonNegative, default: 0.02, matters: false },
  layerNormEps: { rule: nonNegative, default: 1e-12 },
  classifierDropoutProb: { rule: probability, default: 0.1, nullable: true, matters: false },
  padTokenId: { rule: tokenId, default: 0, nullable: true, matters: false },
  tieWordEmbeddings: { rule: flag, default: true },
  ...labelFields,
};

export const albertFormat: ConfigFormat<AlbertConfig> = {
  modelType: 'albert',
  fields,
  harmless: [],
  fixed: {
    add_cross_attention: false,
    is_decoder: false,
    is_encoder_decoder: false,
    position_embedding_type: 'absolute',
    pruned_heads: {},
    tie_encoder_decoder: false,
    // Left over in Google's files.
    down_scale_factor: 1,
    gap_size: 0,
    layers_to_keep: [],
    net_structure_type: 0,
    num_memory_blocks: 0,
  },
};

import type { Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { flag, layerCount, nonNegative, oneOf, probability, size, tokenId, tokenIds } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';
import { bartKinds, bartTraits } from './kinds.ts';
import type { BartKind } from './kinds.ts';

/**
 * What a BART model is made of, or one of Marian or PEGASUS. The names are those of Hugging Face's config.json in camel case.
 * @category BART
 */
export interface BartConfig extends LabelConfig {
  /** Whose files it is read from and saved as: positions and norms follow from it. Default `bart`. */
  readonly modelType: BartKind;
  /** Tokens that there are. Default 50265; 58101 for Marian. */
  readonly vocabSize: number;
  /** Tokens of the decoder, where it has others than the encoder. Default `vocabSize`. */
  readonly decoderVocabSize: number;
  /** Whether encoder and decoder look words up in one table. Default true; false for some of Marian's. */
  readonly shareEncoderDecoderEmbeddings: boolean;
  /** Longest text in tokens, of either. Default 1024. */
  readonly maxPositionEmbeddings: number;
  /** Features of a hidden state. Default 1024. */
  readonly dModel: number;
  /** Layers of the encoder. Default 12. */
  readonly encoderLayers: number;
  /** Features in the middle of the encoder's feed-forward parts. Default 4096. */
  readonly encoderFfnDim: number;
  /** Heads of attention in the encoder; divides `dModel`. Default 16. */
  readonly encoderAttentionHeads: number;
  /** Layers of the decoder. Default 12. */
  readonly decoderLayers: number;
  /** Features in the middle of the decoder's feed-forward parts. Default 4096. */
  readonly decoderFfnDim: number;
  /** Heads of attention in the decoder; divides `dModel`. Default 16. */
  readonly decoderAttentionHeads: number;
  /** Activation of the feed-forward parts. Default `gelu`, the exact one. */
  readonly activationFunction: ActivationName;
  /** Probability of a feature to be dropped in training. Default 0.1. */
  readonly dropout: number;
  /** Probability of an attention weight to be dropped in training. Default 0. */
  readonly attentionDropout: number;
  /** Probability of a feature to be dropped behind the activation in training. Default 0. */
  readonly activationDropout: number;
  /** Standard deviation of the first weights. Default 0.02. */
  readonly initStd: number;
  /** Probability of a feature to be dropped before a classification head. Default 0. */
  readonly classifierDropout: number;
  /** Whether embeddings are multiplied with √dModel. Default false. */
  readonly scaleEmbedding: boolean;
  /** The token that only fills up a batch: its embedding is not trained. Default 1; 0 for PEGASUS, 58100 for Marian. */
  readonly padTokenId: number | null;
  /** The token with which texts end: what classes of texts are read from. Default 2; 1 for PEGASUS, 0 for Marian. */
  readonly eosTokenId: number | readonly number[] | null;
  /** The token with which the decoder begins. Default 2; 0 for PEGASUS, 58100 for Marian. */
  readonly decoderStartTokenId: number | null;
  /** Whether the output computes with the word embeddings. Default true. */
  readonly tieWordEmbeddings: boolean;
}

type Before = Readonly<Record<string, unknown>>;

/** The default that the kind has, or else BART's. */
const kindly =
  <Value>(name: keyof BartConfig, otherwise: Value) =>
  ({ modelType }: Before): Value =>
    (bartTraits(modelType).defaults[name] as Value | undefined) ?? otherwise;

/** Only Marian's files have them. */
const isMarian = ({ modelType }: Before): boolean => modelType === 'marian';

const fields: Fields<BartConfig> = {
  modelType: { rule: oneOf(Object.keys(bartKinds) as BartKind[]), default: 'bart', matters: false },
  vocabSize: { rule: size, default: kindly('vocabSize', 50_265) },
  shareEncoderDecoderEmbeddings: {
    rule: flag,
    default: true,
    toJson: (value, config) => (isMarian(config) ? { share_encoder_decoder_embeddings: value } : {}),
  },
  decoderVocabSize: {
    rule: size,
    default: ({ vocabSize }) => vocabSize as number,
    toJson: (value, config) => (isMarian(config) ? { decoder_vocab_size: value } : {}),
  },
  maxPositionEmbeddings: { rule: size, default: 1024 },
  dModel: { rule: size, default: 1024 },
  encoderLayers: { rule: layerCount, default: 12 },
  encoderFfnDim: { rule: size, default: 4096 },
  encoderAttentionHeads: { rule: size, default: 16 },
  decoderLayers: { rule: layerCount, default: 12 },
  decoderFfnDim: { rule: size, default: 4096 },
  decoderAttentionHeads: { rule: size, default: 16 },
  activationFunction: { rule: activationName, default: 'gelu' },
  dropout: { rule: probability, default: 0.1, matters: false },
  attentionDropout: { rule: probability, default: 0, matters: false },
  activationDropout: { rule: probability, default: 0, matters: false },
  initStd: { rule: nonNegative, default: 0.02, matters: false },
  classifierDropout: {
    rule: probability,
    default: 0,
    matters: false,
    // The first files call it so.
    fromJson: (json) => json.classifier_dropout ?? json.classif_dropout,
    reads: ['classifier_dropout', 'classif_dropout'],
  },
  scaleEmbedding: { rule: flag, default: false },
  padTokenId: { rule: tokenId, default: kindly('padTokenId', 1), nullable: true, matters: false },
  eosTokenId: { rule: tokenIds, default: kindly('eosTokenId', 2), nullable: true },
  decoderStartTokenId: { rule: tokenId, default: kindly('decoderStartTokenId', 2), nullable: true },
  tieWordEmbeddings: { rule: flag, default: true },
  ...labelFields,
  numLabels: { ...labelFields.numLabels, default: kindly('numLabels', 2) },
};

export const bartFormat: ConfigFormat<BartConfig> = {
  modelType: 'bart',
  kinds: bartKinds,
  fields,
  harmless: [
    'is_encoder_decoder', // The class says it.
    'num_hidden_layers', // What counts are the layers of both.
    'encoder_layerdrop', // Whole layers that are left out in training: here none is.
    'decoder_layerdrop',
    'extra_pos_embeddings', // Notes of the first files, which nothing reads.
    'force_bos_token_to_be_generated',
    'save_step',
  ],
  fixed: {
    add_bias_logits: false,
    add_cross_attention: false,
    is_decoder: false,
    pruned_heads: {},
    tie_encoder_decoder: false,
  },
};

import type { ConfigJson, Fields } from '../../config/fields.ts';
import { labelFields } from '../../config/labels.ts';
import type { LabelConfig } from '../../config/labels.ts';
import type { ConfigFormat } from '../../config/read-config.ts';
import { readRope, rope, ropeNames, writeRope } from '../../config/rope.ts';
import { flag, headSize, layerCount, nonNegative, oneOf, probability, size, tokenId } from '../../config/rules.ts';
import { activationName } from '../../feed-forward/activation.ts';
import type { ActivationName } from '../../feed-forward/activation.ts';
import type { RopeParameters } from '../../positions/rope-parameters.ts';
import { llamaKinds, traitsOf } from './kinds.ts';
import type { LlamaKind } from './kinds.ts';
import { layerReaches, readReaches, readTurned, readWindow, turnedBut, zerosAndOnes } from './layer-kinds.ts';
import type { LayerReach } from './layer-kinds.ts';

/**
 * What a Llama-style model is made of. The names are those of Hugging Face's config.json in camel case.
 * @category Llama
 */
export interface LlamaConfig extends LabelConfig {
  /** Whose files it is read from and saved as; other kinds have other defaults: those of their configuration. Default `llama`. */
  readonly modelType: LlamaKind;
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
  /** How far layers of `sliding_attention` look back, in tokens, their own among them. Default null: there are none; 4096 for Mistral. */
  readonly slidingWindow: number | null;
  /** Which layers look back to the first token and which as far as the window. Default: to the first; as far as the window, if there is one, for Mistral. */
  readonly layerTypes: readonly LayerReach[];
  /** 1 for layers that turn queries and keys by their positions, 0 for others. Default: all do; but every fourth for SmolLM3. */
  readonly noRopeLayers: readonly number[];
  /** Whether the maps of attention have a bias. Default false; true for Qwen2, but for the map of what attention gives. */
  readonly attentionBias: boolean;
  /** Probability of an attention weight to be dropped in training. Default 0. */
  readonly attentionDropout: number;
  /** Whether the maps of the feed-forward part have a bias. Default false. */
  readonly mlpBias: boolean;
  /** Probability of a feature to be dropped before classes of tokens. Default 0.1. */
  readonly classifierDropout: number;
}

type Before = Readonly<Record<string, unknown>>;

/** The default that the kind has, or else one that follows from the fields before. */
const kindly =
  <Value>(name: keyof LlamaConfig, otherwise: (before: Before) => Value) =>
  (before: Before): Value =>
    (traitsOf(before.modelType).defaults?.[name] as Value | undefined) ?? otherwise(before);

/** What a file says, unless its kind settles it. */
const unlessSettled = (name: keyof LlamaConfig, json: ConfigJson, value: unknown): unknown => {
  const { settled } = traitsOf(json.model_type);
  return Object.hasOwn(settled, name) ? settled[name] : value;
};

/** Gemma's first files mean the approximation by `gelu`. */
function readAct({ model_type: kind, hidden_act: act, hidden_activation: other }: ConfigJson): unknown {
  if (kind !== 'gemma') return act;
  return (other ?? act) === 'gelu' ? 'gelu_pytorch_tanh' : (other ?? act);
}

function readKindRope(json: ConfigJson): RopeParameters {
  const { maxPositionEmbeddings: most = 2048, ropeParameters } = traitsOf(json.model_type).defaults ?? {};
  const theta = json.rope_theta ?? (ropeParameters as RopeParameters | undefined)?.ropeTheta;
  return readRope({ ...json, rope_theta: theta }, (json.max_position_embeddings ?? most) as number);
}

const layersOf = <Value>(before: Before, each: Value): Value[] =>
  Array.from({ length: before.numHiddenLayers as number }, () => each);

const hasReaches = (kind: unknown): boolean => kind === 'qwen2' || kind === 'qwen3' || kind === 'smollm3';

const fields: Fields<LlamaConfig> = {
  modelType: { rule: oneOf(Object.keys(llamaKinds) as LlamaKind[]), default: 'llama', matters: false },
  vocabSize: { rule: size, default: kindly('vocabSize', () => 32_000) },
  hiddenSize: { rule: size, default: kindly('hiddenSize', () => 4096) },
  intermediateSize: { rule: size, default: kindly('intermediateSize', () => 11_008) },
  numHiddenLayers: { rule: layerCount, default: kindly('numHiddenLayers', () => 32) },
  numAttentionHeads: { rule: size, default: kindly('numAttentionHeads', () => 32) },
  numKeyValueHeads: {
    rule: size,
    default: kindly('numKeyValueHeads', ({ numAttentionHeads }) => numAttentionHeads as number),
    // None is one for each head of the queries; what is not said is the kind's default.
    fromJson: (json) => (json.num_key_value_heads === null ? json.num_attention_heads : json.num_key_value_heads),
    reads: ['num_key_value_heads'],
  },
  headDim: {
    rule: headSize,
    default: kindly('headDim', ({ hiddenSize, numAttentionHeads }) =>
      Math.floor((hiddenSize as number) / (numAttentionHeads as number)),
    ),
  },
  hiddenAct: {
    rule: activationName,
    default: kindly('hiddenAct', () => 'silu'),
    fromJson: readAct,
    reads: ['hidden_act'],
  },
  // Only scaled positions depend on it.
  maxPositionEmbeddings: { rule: size, default: kindly('maxPositionEmbeddings', () => 2048) },
  initializerRange: { rule: nonNegative, default: 0.02, matters: false },
  rmsNormEps: { rule: nonNegative, default: 1e-6 },
  padTokenId: { rule: tokenId, default: kindly('padTokenId', () => null), nullable: true },
  tieWordEmbeddings: { rule: flag, default: kindly('tieWordEmbeddings', () => false) },
  ropeParameters: {
    rule: rope,
    default: kindly('ropeParameters', () => ({ ropeType: 'default', ropeTheta: 10_000 })),
    reads: ropeNames,
    fromJson: readKindRope,
    toJson: writeRope,
  },
  slidingWindow: {
    rule: size,
    default: kindly('slidingWindow', () => null),
    nullable: true,
    fromJson: readWindow,
    toJson: (value, { modelType }) =>
      modelType === 'mistral'
        ? { sliding_window: value }
        : hasReaches(modelType)
          ? { sliding_window: value, use_sliding_window: value !== null }
          : {},
    reads: ['sliding_window'],
  },
  layerTypes: {
    rule: layerReaches,
    default: (before) =>
      layersOf(
        before,
        before.modelType === 'mistral' && before.slidingWindow !== null ? 'sliding_attention' : 'full_attention',
      ),
    fromJson: readReaches,
    toJson: (value, { modelType }) => (hasReaches(modelType) ? { layer_types: value } : {}),
    reads: ['layer_types'],
  },
  noRopeLayers: {
    rule: zerosAndOnes,
    default: (before) =>
      before.modelType === 'smollm3' ? turnedBut(before.numHiddenLayers as number, 4) : layersOf(before, 1),
    fromJson: readTurned,
    toJson: (value, { modelType }) => (modelType === 'smollm3' ? { no_rope_layers: value } : {}),
    reads: ['no_rope_layers'],
  },
  attentionBias: {
    rule: flag,
    default: ({ modelType }) => traitsOf(modelType).settled.attentionBias === true,
    fromJson: (json) => unlessSettled('attentionBias', json, json.attention_bias),
    reads: ['attention_bias'],
  },
  attentionDropout: { rule: probability, default: 0, matters: false },
  mlpBias: {
    rule: flag,
    default: false,
    fromJson: (json) => unlessSettled('mlpBias', json, json.mlp_bias),
    reads: ['mlp_bias'],
  },
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
  kinds: llamaKinds,
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

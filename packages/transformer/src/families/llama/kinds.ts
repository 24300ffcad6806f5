import type { Kind } from '../../config/read-config.ts';

/** Models that the Llama-style classes compute, by the names of their files. */
export type LlamaKind = 'llama' | 'mistral' | 'qwen2' | 'qwen3' | 'gemma' | 'smollm3';

/** What sets a kind apart: what no field of its files says, and defaults where Hugging Face's are others than Llama's. */
interface LlamaTraits extends Kind {
  /** Queries and keys are normalised head by head before they are turned. */
  readonly normsQueriesAndKeys?: true;
  /** What attention gives is mapped without a bias, whatever queries, keys and values have. */
  readonly outputWithoutBias?: true;
  /** Norms multiply with 1 + weight, and embeddings are multiplied with √hiddenSize. */
  readonly countsFromOne?: true;
  /** What its files cannot say otherwise, by fields of the configuration. */
  readonly settled: Readonly<Record<string, unknown>>;
  readonly defaults?: Readonly<Record<string, unknown>>;
}

const whole = { slidingWindow: null };
const sliding = ['use_sliding_window', 'max_window_layers'];

export const llamaKinds: Readonly<Record<LlamaKind, LlamaTraits>> = {
  llama: { prefix: 'Llama', settled: whole },
  mistral: {
    prefix: 'Mistral',
    settled: { attentionBias: false, mlpBias: false },
    defaults: { numKeyValueHeads: 8, intermediateSize: 14_336, maxPositionEmbeddings: 131_072, slidingWindow: 4096 },
  },
  qwen2: {
    prefix: 'Qwen2',
    settled: { attentionBias: true, mlpBias: false },
    harmless: sliding,
    outputWithoutBias: true,
    defaults: {
      vocabSize: 151_936,
      intermediateSize: 22_016,
      numKeyValueHeads: 32,
      maxPositionEmbeddings: 32_768,
    },
  },
  qwen3: {
    prefix: 'Qwen3',
    settled: { mlpBias: false },
    harmless: sliding,
    normsQueriesAndKeys: true,
    defaults: {
      vocabSize: 151_936,
      intermediateSize: 22_016,
      numKeyValueHeads: 32,
      headDim: 128,
      maxPositionEmbeddings: 32_768,
    },
  },
  gemma: {
    prefix: 'Gemma',
    settled: { ...whole, mlpBias: false },
    harmless: ['hidden_activation'],
    fixed: { use_bidirectional_attention: false },
    countsFromOne: true,
    defaults: {
      vocabSize: 256_000,
      hiddenSize: 3072,
      intermediateSize: 24_576,
      numHiddenLayers: 28,
      numAttentionHeads: 16,
      numKeyValueHeads: 16,
      headDim: 256,
      hiddenAct: 'gelu_pytorch_tanh',
      maxPositionEmbeddings: 8192,
      padTokenId: 0,
      tieWordEmbeddings: true,
    },
  },
  smollm3: {
    prefix: 'SmolLM3',
    settled: {},
    harmless: [...sliding, 'no_rope_layer_interval'],
    defaults: {
      vocabSize: 128_256,
      hiddenSize: 2048,
      numHiddenLayers: 36,
      numAttentionHeads: 16,
      numKeyValueHeads: 4,
      maxPositionEmbeddings: 32_768,
      padTokenId: 128_004,
      tieWordEmbeddings: true,
      ropeParameters: { ropeType: 'default', ropeTheta: 2_000_000 },
    },
  },
};

/** The kind that a configuration, or a file, names. */
export const traitsOf = (kind: unknown): LlamaTraits =>
  typeof kind === 'string' && Object.hasOwn(llamaKinds, kind) ? llamaKinds[kind as LlamaKind] : llamaKinds.llama;

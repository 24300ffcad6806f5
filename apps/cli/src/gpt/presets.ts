import type { LlamaConfig } from '@gai/transformer';

/** What is trained, and for how long. */
export interface GptPreset {
  /** Time of the whole command: reading, training, measuring. */
  readonly seconds: number;
  /** Tokens of the byte-level BPE, the separator among them. */
  readonly vocabSize: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Features in the middle of a feed-forward part. */
  readonly inner: number;
  /** Tokens of a window. */
  readonly length: number;
  /** Windows of a step. */
  readonly batchSize: number;
  /** Highest rate of the matrices, and of everything else. */
  readonly matrixRate: number;
  readonly otherRate: number;
}

/** The presets of `gai train gpt`, sized by the time they have; what was measured: docs/language/train-gpt.md. */
export const GPT_PRESETS = {
  quick: {
    seconds: 60,
    vocabSize: 1024,
    layers: 3,
    width: 96,
    heads: 3,
    inner: 256,
    length: 128,
    batchSize: 16,
    matrixRate: 0.02,
    otherRate: 4e-3,
  },
  standard: {
    seconds: 300,
    vocabSize: 1536,
    layers: 4,
    width: 128,
    heads: 4,
    inner: 344,
    length: 128,
    batchSize: 16,
    matrixRate: 0.02,
    otherRate: 4e-3,
  },
  long: {
    seconds: 2700,
    vocabSize: 4096,
    layers: 6,
    width: 256,
    heads: 8,
    inner: 688,
    length: 256,
    batchSize: 16,
    matrixRate: 0.02,
    otherRate: 2e-3,
  },
} as const satisfies Readonly<Record<string, GptPreset>>;

export type GptPresetName = keyof typeof GPT_PRESETS;

/** The configuration of a preset's model: Llama's, with the output tied to the word embeddings. */
export const configOf = (preset: GptPreset): Partial<LlamaConfig> => ({
  vocabSize: preset.vocabSize,
  hiddenSize: preset.width,
  intermediateSize: preset.inner,
  numHiddenLayers: preset.layers,
  numAttentionHeads: preset.heads,
  maxPositionEmbeddings: preset.length,
  tieWordEmbeddings: true,
});

import { onesLike } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Module } from '@gai/nn';
import { loadEncoder } from '../auto/load-encoder.ts';
import type { Encoder } from '../auto/load-encoder.ts';
import { LOADING_OPTIONS } from '../pretrained/check-changes.ts';
import { defaultStorage } from '../pretrained/folder.ts';
import type { LoadingOptions } from '../pretrained/from-pretrained.ts';
import { SentenceNormalize } from './layers.ts';
import type { SentenceLayer } from './layers.ts';
import { pool } from './pooling.ts';
import type { PoolingMode } from './pooling.ts';
import { readModules } from './read-modules.ts';
import type { SentenceModules } from './read-modules.ts';

/**
 * Options of {@link SentenceTransformer}.
 * @category Sentence embeddings
 */
export interface SentenceTransformerOptions {
  /** How hidden states become one vector. Default `mean`. */
  readonly pooling?: PoolingMode | readonly PoolingMode[] | undefined;
  /** Whether vectors have length 1. Default false. */
  readonly normalize?: boolean | undefined;
  /** Whether the tokens of a prompt have a part in the vector; `embedder` looks at it. Default true. */
  readonly includesPrompt?: boolean | undefined;
  /** What the vectors go through after the pooling, such as a `Linear` for fewer features. Default: nothing. */
  readonly layers?: readonly SentenceLayer[] | undefined;
}

/**
 * What a {@link SentenceTransformer} takes besides token ids.
 * @category Sentence embeddings
 */
export interface SentenceInputs {
  /** `[batch, time]`: 0 or false for tokens that only fill up a batch. Default: all count. */
  readonly attentionMask?: Tensor | undefined;
  /** `[batch, time]`, int32: which segment each token belongs to. Default: 0. */
  readonly tokenTypeIds?: Tensor | undefined;
  /** `[batch, time]`: 0 or false for tokens that have no part in the vector, such as a prompt. Default: `attentionMask`. */
  readonly pooledMask?: Tensor | undefined;
}

/**
 * A model whose hidden states become one vector for each text, near each other where the texts mean the same: token ids to
 * `[batch, features]`. For text instead of token ids take `embedder` of `@gai/transformer/text`.
 * @example
 * const bert = new BertModel({ vocabSize: 9, hiddenSize: 4, numHiddenLayers: 1, numAttentionHeads: 1, intermediateSize: 4 });
 * const model = new SentenceTransformer(bert, { pooling: 'mean', normalize: true });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 4]
 * @see Reimers and Gurevych 2019, https://arxiv.org/abs/1908.10084
 * @category Sentence embeddings
 */
export class SentenceTransformer extends Module {
  readonly transformer: Encoder;
  readonly pooling: readonly PoolingMode[];
  readonly includesPrompt: boolean;
  readonly layers: readonly SentenceLayer[];

  constructor(transformer: Encoder, options: SentenceTransformerOptions = {}) {
    checkOptionNames('SentenceTransformer', options, ['pooling', 'normalize', 'includesPrompt', 'layers']);
    super();
    const { pooling = 'mean', normalize = false, includesPrompt = true, layers = [] } = options;
    this.transformer = transformer;
    this.pooling = [pooling].flat() as PoolingMode[];
    this.includesPrompt = includesPrompt;
    this.layers = normalize ? [...layers, new SentenceNormalize()] : [...layers];
  }

  /**
   * Reads a folder of sentence-transformers: `modules.json` says which parts there are. A folder of a plain model averages its hidden
   * states.
   * @param folder - A folder of the storage.
   * @throws {@link DataError} for a part that is not known here, or files that do not fit.
   */
  static async fromPretrained(folder: string, options: LoadingOptions = {}): Promise<SentenceTransformer> {
    checkOptionNames('SentenceTransformer.fromPretrained', options, LOADING_OPTIONS);
    const storage = options.storage ?? defaultStorage('SentenceTransformer');
    return loadSentenceTransformer(await readModules(storage, folder), { ...options, storage });
  }

  /** `[batch, time]`, int32 → `[batch, features]`. */
  forward(inputIds: Tensor, given: SentenceInputs = {}): Tensor {
    checkOptionNames('SentenceTransformer.forward', given, ['attentionMask', 'tokenTypeIds', 'pooledMask']);
    const { pooledMask, ...inputs } = given;
    const { lastHiddenState } = this.transformer.forward(inputIds, inputs);
    const mask = inputs.attentionMask ?? onesLike(inputIds);
    const vectors = pool(lastHiddenState, mask, this.pooling, pooledMask);
    return this.layers.reduce((x, layer) => layer.forward(x), vectors);
  }
}

/** Reads the model that the modules of a folder name. */
export async function loadSentenceTransformer(
  { model, ...how }: SentenceModules,
  options: LoadingOptions,
): Promise<SentenceTransformer> {
  return new SentenceTransformer(await loadEncoder(model, options), how).eval();
}

import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { resolveConfig } from '../../config/fields.ts';
import { checkHeads } from '../../models/checks.ts';
import { encoderMask } from '../../models/encoder-inputs.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertEmbeddings } from './bert-embeddings.ts';
import { BertEncoder } from './bert-encoder.ts';
import { BertPooler } from './bert-pooler.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { bertNames } from './names.ts';

/**
 * What a BERT model takes besides token ids.
 * @category BERT
 */
export interface BertInputs {
  /** `[batch, time]`: 0 or false for tokens that only fill up a batch. Default: all count. */
  readonly attentionMask?: Tensor | undefined;
  /** `[batch, time]`, int32: which segment each token belongs to. Default: 0. */
  readonly tokenTypeIds?: Tensor | undefined;
  /** `[batch, time]` or `[time]`, int32. Default: 0, 1, 2, … whatever is masked. */
  readonly positionIds?: Tensor | undefined;
}

/** The names of {@link BertInputs}. */
export const BERT_INPUTS: readonly (keyof BertInputs)[] = ['attentionMask', 'tokenTypeIds', 'positionIds'];

/**
 * What {@link BertModel} gives.
 * @category BERT
 */
export interface BertOutput {
  /** `[batch, time, hiddenSize]`. */
  readonly lastHiddenState: Tensor;
  /** `[batch, hiddenSize]`: `tanh` of a linear map of the first token; not there if the model was made without pooler. */
  readonly poolerOutput?: Tensor;
}

/**
 * BERT without a head: token ids to hidden states, in both directions.
 *
 * Embeddings of words, segments and positions; layers of attention and a feed-forward part, each added to its input and then
 * normalised; a pooler for the first token. The state dict has the names of Hugging Face's files (`encoder.layer.0.attention.self.query.weight`).
 * @example
 * const model = new BertModel({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 });
 * const { lastHiddenState, poolerOutput } = model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' }));
 * lastHiddenState.shape; // => [1, 3, 16]
 * poolerOutput!.shape; // => [1, 16]
 * @see Devlin et al. 2018, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertModel extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertModel';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  readonly embeddings: BertEmbeddings;
  readonly encoder: BertEncoder;
  readonly pooler: BertPooler | null;

  /** @param options.addPoolingLayer - Whether there is a pooler. Default true. */
  constructor(config: Partial<BertConfig> = {}, options: { readonly addPoolingLayer?: boolean } = {}) {
    checkOptionNames('BertModel', options, ['addPoolingLayer']);
    const resolved = resolveConfig('BertModel', bertFormat.fields, config);
    super(resolved);
    const { hiddenSize, numAttentionHeads } = resolved;
    checkHeads('BertModel', ['hiddenSize', hiddenSize], ['numAttentionHeads', numAttentionHeads]);
    this.embeddings = new BertEmbeddings(resolved, { features: hiddenSize });
    this.encoder = new BertEncoder(resolved);
    this.pooler = (options.addPoolingLayer ?? true) ? new BertPooler(resolved) : null;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]` and the pooled first token. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): BertOutput {
    const mask = encoderMask('BertModel', inputIds, inputs, {
      names: BERT_INPUTS,
      words: this.embeddings.word_embeddings,
      positions: this.config.maxPositionEmbeddings,
    });
    const lastHiddenState = this.encoder.forward(this.embeddings.forward(inputIds, inputs), mask);
    return this.pooler === null
      ? { lastHiddenState }
      : { lastHiddenState, poolerOutput: this.pooler.forward(lastHiddenState) };
  }
}

import type { Tensor } from '@gai/core';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { AlbertModel } from './albert-model.ts';
import { albertFormat } from './config.ts';
import type { AlbertConfig } from './config.ts';
import { AlbertMLMHead } from './heads.ts';
import { albertNames, albertTied } from './names.ts';

/**
 * ALBERT that fills in masked words: scores of every word at every place.
 *
 * Train it with {@link tokenLoss}, labels −100 where nothing is masked.
 * @example
 * const model = new AlbertForMaskedLM({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 3, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Lan et al. 2020, https://arxiv.org/abs/1909.11942
 * @category ALBERT
 */
export class AlbertForMaskedLM extends ModelWithHead<AlbertConfig> {
  static readonly architecture = 'AlbertForMaskedLM';
  static readonly format = albertFormat;
  static readonly names = albertNames;
  static readonly tied = albertTied;
  declare readonly albert: AlbertModel;
  readonly predictions: AlbertMLMHead;

  constructor(config: Partial<AlbertConfig> = {}) {
    super({ albert: new AlbertModel(config, { addPoolingLayer: false }) });
    this.predictions = new AlbertMLMHead(this.config);
    this.tie(this.config.tieWordEmbeddings ? albertTied : albertTied.slice(1));
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    return this.predictions.forward(this.run(inputIds, inputs).lastHiddenState);
  }
}

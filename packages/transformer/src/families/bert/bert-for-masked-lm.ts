import type { Tensor } from '@gai/core';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertModel } from './bert-model.ts';
import type { BertInputs } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { BertHeads } from './heads.ts';
import { bertNames, bertTied } from './names.ts';

/**
 * BERT that fills in masked words: scores of every word at every place, from a map, an activation, a norm and the word embeddings.
 *
 * Train it with {@link tokenLoss}, labels −100 where nothing is masked.
 * @example
 * const model = new BertForMaskedLM({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Devlin et al. 2018, section 3.1, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForMaskedLM extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertForMaskedLM';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  static readonly tied = bertTied;
  readonly bert: BertModel;
  readonly cls: BertHeads;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config, { addPoolingLayer: false });
    super(bert.config);
    this.bert = bert;
    this.cls = new BertHeads(bert.config, { predictions: true });
    this.tie(bert.config.tieWordEmbeddings ? bertTied : bertTied.slice(1));
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    return this.cls.predictions!.forward(this.bert.forward(inputIds, inputs).lastHiddenState);
  }
}

import type { Tensor } from '@gai/core';
import { LayerNorm } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import { distilbertFormat } from './config.ts';
import type { DistilBertConfig } from './config.ts';
import { EPS } from './distilbert-encoder.ts';
import { DistilBertModel } from './distilbert-model.ts';
import type { DistilBertInputs } from './distilbert-model.ts';
import { distilbertNames, distilbertTied } from './names.ts';

/**
 * DistilBERT that fills in masked words: scores of every word at every place, from a map, the activation, a norm and the word embeddings.
 *
 * Train it with {@link tokenLoss}, labels −100 where nothing is masked.
 * @example
 * const model = new DistilBertForMaskedLM({ vocabSize: 50, dim: 16, hiddenDim: 32, nLayers: 1, nHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Sanh et al. 2019, https://arxiv.org/abs/1910.01108
 * @category DistilBERT
 */
export class DistilBertForMaskedLM extends ModelWithHead<DistilBertConfig> {
  static readonly architecture = 'DistilBertForMaskedLM';
  static readonly format = distilbertFormat;
  static readonly names = distilbertNames;
  static readonly tied = distilbertTied;
  declare readonly distilbert: DistilBertModel;
  readonly vocab_transform: Linear;
  readonly vocab_layer_norm: LayerNorm;
  readonly vocab_projector: Linear;

  constructor(config: Partial<DistilBertConfig> = {}) {
    super({ distilbert: new DistilBertModel(config) });
    const { dim, vocabSize, initializerRange: std, tieWordEmbeddings } = this.config;
    this.vocab_transform = linear(dim, dim, { std });
    this.vocab_layer_norm = new LayerNorm({ normalizedShape: dim, eps: EPS });
    this.vocab_projector = linear(dim, vocabSize, { std });
    if (tieWordEmbeddings) this.tie(distilbertTied);
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: DistilBertInputs = {}): Tensor {
    const mapped = this.vocab_transform.forward(this.run(inputIds, inputs).lastHiddenState);
    const active = activation(this.config.activation)(mapped);
    return this.vocab_projector.forward(this.vocab_layer_norm.forward(active));
  }
}

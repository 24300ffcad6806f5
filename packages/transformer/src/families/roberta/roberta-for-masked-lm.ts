import { gelu } from '@gai/core';
import type { Tensor } from '@gai/core';
import { LayerNorm, Module, Parameter, init } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { robertaFormat } from './config.ts';
import type { RobertaConfig } from './config.ts';
import { robertaNames, robertaTied } from './names.ts';
import { RobertaModel } from './roberta-model.ts';

/** Scores of every word, behind a map, the exact GELU (whatever the layers have) and a norm. */
class RobertaLMHead extends Module {
  readonly bias: Parameter;
  readonly dense: Linear;
  readonly layer_norm: LayerNorm;
  readonly decoder: Linear;

  constructor({ hiddenSize, vocabSize, initializerRange: std, layerNormEps: eps }: RobertaConfig) {
    super();
    this.bias = new Parameter(init.zeros()([vocabSize]));
    this.dense = linear(hiddenSize, hiddenSize, { std });
    this.layer_norm = new LayerNorm({ normalizedShape: hiddenSize, eps });
    this.decoder = linear(hiddenSize, vocabSize, { std });
  }

  forward(hidden: Tensor): Tensor {
    return this.decoder.forward(this.layer_norm.forward(gelu(this.dense.forward(hidden))));
  }
}

/**
 * RoBERTa that fills in masked words: scores of every word at every place.
 *
 * Train it with {@link tokenLoss}, labels −100 where nothing is masked.
 * @example
 * const model = new RobertaForMaskedLM({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[0, 7, 2]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Liu et al. 2019, https://arxiv.org/abs/1907.11692
 * @category RoBERTa
 */
export class RobertaForMaskedLM extends ModelWithHead<RobertaConfig> {
  static readonly architecture = 'RobertaForMaskedLM';
  static readonly format = robertaFormat;
  static readonly names = robertaNames;
  static readonly tied = robertaTied;
  declare readonly roberta: RobertaModel;
  readonly lm_head: RobertaLMHead;

  constructor(config: Partial<RobertaConfig> = {}) {
    super({ roberta: new RobertaModel(config, { addPoolingLayer: false }) });
    this.lm_head = new RobertaLMHead(this.config);
    this.tie(this.config.tieWordEmbeddings ? robertaTied : robertaTied.slice(1));
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    return this.lm_head.forward(this.run(inputIds, inputs).lastHiddenState);
  }
}

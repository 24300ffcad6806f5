import { gelu } from '@gai/core';
import type { Tensor } from '@gai/core';
import { LayerNorm, Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { electraFormat } from './config.ts';
import type { ElectraConfig } from './config.ts';
import { ElectraModel } from './electra-model.ts';
import { electraNames, electraTied } from './names.ts';

/** A map to the embeddings' size, the exact GELU (whatever the layers have) and a norm. */
class ElectraGeneratorPredictions extends Module {
  readonly dense: Linear;
  readonly LayerNorm: LayerNorm;

  constructor({ hiddenSize, embeddingSize, initializerRange: std, layerNormEps: eps }: ElectraConfig) {
    super();
    this.dense = linear(hiddenSize, embeddingSize, { std });
    this.LayerNorm = new LayerNorm({ normalizedShape: embeddingSize, eps });
  }

  forward(hidden: Tensor): Tensor {
    return this.LayerNorm.forward(gelu(this.dense.forward(hidden)));
  }
}

/**
 * ELECTRA's generator: scores of every word at every place, for words to put in place of those that are masked.
 *
 * Train it with {@link tokenLoss}, labels −100 where nothing is masked.
 * @example
 * const model = new ElectraForMaskedLM({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Clark et al. 2020, section 3.1, https://arxiv.org/abs/2003.10555
 * @category ELECTRA
 */
export class ElectraForMaskedLM extends ModelWithHead<ElectraConfig> {
  static readonly architecture = 'ElectraForMaskedLM';
  static readonly format = electraFormat;
  static readonly names = electraNames;
  static readonly tied = electraTied;
  declare readonly electra: ElectraModel;
  readonly generator_predictions: ElectraGeneratorPredictions;
  readonly generator_lm_head: Linear;

  constructor(config: Partial<ElectraConfig> = {}) {
    super({ electra: new ElectraModel(config) });
    const { embeddingSize, vocabSize, initializerRange: std, tieWordEmbeddings } = this.config;
    this.generator_predictions = new ElectraGeneratorPredictions(this.config);
    this.generator_lm_head = linear(embeddingSize, vocabSize, { std });
    if (tieWordEmbeddings) this.tie(electraTied);
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    const { lastHiddenState } = this.run(inputIds, inputs);
    return this.generator_lm_head.forward(this.generator_predictions.forward(lastHiddenState));
  }
}

import { squeeze } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { electraFormat } from './config.ts';
import type { ElectraConfig } from './config.ts';
import { ElectraModel } from './electra-model.ts';
import { electraNames } from './names.ts';

/** Two maps with an activation in between: `[batch, time, hiddenSize]` → `[batch, time]`. */
class ElectraDiscriminatorPredictions extends Module {
  readonly dense: Linear;
  readonly dense_prediction: Linear;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ hiddenSize, initializerRange: std, hiddenAct }: ElectraConfig) {
    super();
    this.dense = linear(hiddenSize, hiddenSize, { std });
    this.dense_prediction = linear(hiddenSize, 1, { std });
    this.#act = activation(hiddenAct);
  }

  forward(hidden: Tensor): Tensor {
    return squeeze(this.dense_prediction.forward(this.#act(this.dense.forward(hidden))), -1);
  }
}

/**
 * ELECTRA's discriminator: of every token the score that a generator put it there.
 *
 * Train it with `bceWithLogits` of `@gai/nn`: 1 for tokens that were replaced, 0 for those that were there.
 * @example
 * const model = new ElectraForPreTraining({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3]
 * @see Clark et al. 2020, section 2, https://arxiv.org/abs/2003.10555
 * @category ELECTRA
 */
export class ElectraForPreTraining extends ModelWithHead<ElectraConfig> {
  static readonly architecture = 'ElectraForPreTraining';
  static readonly format = electraFormat;
  static readonly names = electraNames;
  declare readonly electra: ElectraModel;
  readonly discriminator_predictions: ElectraDiscriminatorPredictions;

  constructor(config: Partial<ElectraConfig> = {}) {
    super({ electra: new ElectraModel(config) });
    this.discriminator_predictions = new ElectraDiscriminatorPredictions(this.config);
  }

  /** `[batch, time]`, int32 → logits `[batch, time]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): Tensor {
    return this.discriminator_predictions.forward(this.run(inputIds, inputs).lastHiddenState);
  }
}

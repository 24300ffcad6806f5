import type { Tensor } from '@gai/core';
import { ModelWithHead } from '../../models/heads/model-with-head.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { AlbertModel } from './albert-model.ts';
import { albertFormat } from './config.ts';
import type { AlbertConfig } from './config.ts';
import { AlbertMLMHead, AlbertSOPHead } from './heads.ts';
import { albertNames, albertTied } from './names.ts';

/**
 * What {@link AlbertForPreTraining} gives.
 * @category ALBERT
 */
export interface AlbertPreTrainingOutput {
  /** Scores of every word, `[batch, time, vocabSize]`. */
  readonly predictionLogits: Tensor;
  /** Whether the two texts are in their order (0) or were exchanged (1), `[batch, numLabels]`. */
  readonly sopLogits: Tensor;
}

/**
 * ALBERT with both heads of its pre-training: masked words and the order of two sentences. The loss is the sum of both.
 * @example
 * const model = new AlbertForPreTraining({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 3, numAttentionHeads: 2, intermediateSize: 32 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).sopLogits.shape; // => [1, 2]
 * @see Lan et al. 2020, section 3.1, https://arxiv.org/abs/1909.11942
 * @category ALBERT
 */
export class AlbertForPreTraining extends ModelWithHead<AlbertConfig> {
  static readonly architecture = 'AlbertForPreTraining';
  static readonly format = albertFormat;
  static readonly names = albertNames;
  static readonly tied = albertTied;
  declare readonly albert: AlbertModel;
  readonly predictions: AlbertMLMHead;
  readonly sop_classifier: AlbertSOPHead;

  constructor(config: Partial<AlbertConfig> = {}) {
    super({ albert: new AlbertModel(config) });
    this.predictions = new AlbertMLMHead(this.config);
    this.sop_classifier = new AlbertSOPHead(this.config);
    this.tie(this.config.tieWordEmbeddings ? albertTied : albertTied.slice(1));
  }

  /** `[batch, time]`, int32 → the logits of both heads. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): AlbertPreTrainingOutput {
    const { lastHiddenState, poolerOutput } = this.run(inputIds, inputs);
    return {
      predictionLogits: this.predictions.forward(lastHiddenState),
      sopLogits: this.sop_classifier.forward(poolerOutput!),
    };
  }
}

import type { Tensor } from '@gai/core';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertModel } from './bert-model.ts';
import type { BertInputs } from './bert-model.ts';
import { bertFormat } from './config.ts';
import type { BertConfig } from './config.ts';
import { BertHeads } from './heads.ts';
import { bertNames, bertTied } from './names.ts';

/**
 * What {@link BertForPreTraining} gives.
 * @category BERT
 */
export interface BertPreTrainingOutput {
  /** Scores of every word, `[batch, time, vocabSize]`. */
  readonly predictionLogits: Tensor;
  /** Whether the second sentence follows (0) or not (1), `[batch, 2]`. */
  readonly seqRelationshipLogits: Tensor;
}

/**
 * BERT with both heads of its pre-training: masked words and next sentences. The loss is the sum of both.
 * @example
 * const model = new BertForPreTraining({ vocabSize: 50, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).seqRelationshipLogits.shape; // => [1, 2]
 * @see Devlin et al. 2018, section 3.1, https://arxiv.org/abs/1810.04805
 * @category BERT
 */
export class BertForPreTraining extends PretrainedModel<BertConfig> {
  static readonly architecture = 'BertForPreTraining';
  static readonly format = bertFormat;
  static readonly names = bertNames;
  static readonly tied = bertTied;
  readonly bert: BertModel;
  readonly cls: BertHeads;

  constructor(config: Partial<BertConfig> = {}) {
    const bert = new BertModel(config);
    super(bert.config);
    this.bert = bert;
    this.cls = new BertHeads(bert.config, { predictions: true, seqRelationship: true });
    this.tie(bert.config.tieWordEmbeddings ? bertTied : bertTied.slice(1));
  }

  /** `[batch, time]`, int32 → the logits of both heads. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): BertPreTrainingOutput {
    const { lastHiddenState, poolerOutput } = this.bert.forward(inputIds, inputs);
    return {
      predictionLogits: this.cls.predictions!.forward(lastHiddenState),
      seqRelationshipLogits: this.cls.seq_relationship!.forward(poolerOutput!),
    };
  }
}

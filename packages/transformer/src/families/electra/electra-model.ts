import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { resolveConfig } from '../../config/fields.ts';
import { linear } from '../../layers/initial.ts';
import { checkHeads } from '../../models/checks.ts';
import { encoderMask } from '../../models/encoder-inputs.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { BertEmbeddings } from '../bert/bert-embeddings.ts';
import { BertEncoder } from '../bert/bert-encoder.ts';
import { BERT_INPUTS } from '../bert/bert-model.ts';
import type { BertInputs } from '../bert/bert-model.ts';
import { electraFormat } from './config.ts';
import type { ElectraConfig } from './config.ts';
import { electraNames } from './names.ts';

/**
 * ELECTRA without a head, be it a generator or a discriminator: BERT's layers behind smaller embeddings, and no pooler.
 * @example
 * const model = new ElectraModel({ vocabSize: 50, embeddingSize: 8, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Clark et al. 2020, https://arxiv.org/abs/2003.10555
 * @category ELECTRA
 */
export class ElectraModel extends PretrainedModel<ElectraConfig> {
  static readonly architecture = 'ElectraModel';
  static readonly format = electraFormat;
  static readonly names = electraNames;
  readonly embeddings: BertEmbeddings;
  readonly embeddings_project: Linear | null;
  readonly encoder: BertEncoder;

  constructor(config: Partial<ElectraConfig> = {}) {
    const resolved = resolveConfig('ElectraModel', electraFormat.fields, config);
    super(resolved);
    const { embeddingSize, hiddenSize, numAttentionHeads, initializerRange: std } = resolved;
    checkHeads('ElectraModel', ['hiddenSize', hiddenSize], ['numAttentionHeads', numAttentionHeads]);
    this.embeddings = new BertEmbeddings(resolved, { features: embeddingSize });
    this.embeddings_project = embeddingSize === hiddenSize ? null : linear(embeddingSize, hiddenSize, { std });
    this.encoder = new BertEncoder(resolved);
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]`. */
  forward(inputIds: Tensor, inputs: BertInputs = {}): { readonly lastHiddenState: Tensor } {
    const mask = encoderMask('ElectraModel', inputIds, inputs, {
      names: BERT_INPUTS,
      words: this.embeddings.word_embeddings,
      positions: this.config.maxPositionEmbeddings,
    });
    const embedded = this.embeddings.forward(inputIds, inputs);
    return { lastHiddenState: this.encoder.forward(this.embeddings_project?.forward(embedded) ?? embedded, mask) };
  }
}

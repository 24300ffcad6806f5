import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import type { DecoderLanguageModel, DecodingSizes } from '../../models/generative.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { gpt2Format } from './config.ts';
import type { GPT2Config } from './config.ts';
import { GPT2Model } from './gpt2-model.ts';
import type { GPT2Inputs } from './gpt2-model.ts';
import { gpt2Names } from './names.ts';

/**
 * GPT-2 as a language model: the scores of every token to come next, after every token, from the word embeddings themselves.
 *
 * Train it with {@link nextToken}.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners
 * @category GPT-2
 */
export class GPT2LMHeadModel extends PretrainedModel<GPT2Config> implements DecoderLanguageModel {
  static readonly architecture = 'GPT2LMHeadModel';
  static readonly format = gpt2Format;
  static readonly names = gpt2Names;
  static readonly tied = [['lm_head.weight', 'transformer.wte.weight']] as const;
  readonly transformer: GPT2Model;
  readonly lm_head: Linear;

  constructor(config: Partial<GPT2Config> = {}) {
    const transformer = new GPT2Model(config);
    super(transformer.config);
    const { nEmbd, vocabSize, initializerRange: std, tieWordEmbeddings } = transformer.config;
    this.transformer = transformer;
    this.lm_head = linear(nEmbd, vocabSize, { std, bias: false });
    if (tieWordEmbeddings) this.tie(GPT2LMHeadModel.tied);
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: GPT2Inputs = {}): Tensor {
    return this.logits(this.hiddenStates(inputIds, inputs));
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, nEmbd]`, of which the logits are made. */
  hiddenStates(inputIds: Tensor, inputs: GPT2Inputs = {}): Tensor {
    return this.transformer.forward(inputIds, inputs).lastHiddenState;
  }

  /** Hidden states `[…, nEmbd]` → logits `[…, vocabSize]`. */
  logits(hidden: Tensor): Tensor {
    return this.lm_head.forward(hidden);
  }

  /** What its cache holds: for {@link generate}. */
  get decoding(): DecodingSizes {
    const { nLayer: layers, nHead: heads, nEmbd, nPositions, vocabSize: vocabulary } = this.config;
    return { layers, heads, depth: nEmbd / heads, vocabulary, positions: nPositions, context: nPositions };
  }

  /** Heads of the queries in each layer. */
  get queryHeads(): number {
    return this.config.nHead;
  }

  /** What the end of the model makes of the states between layers, the last norm included: `[…, nEmbd]` → logits `[…, vocabSize]`. */
  readOut(hidden: Tensor): Tensor {
    return this.logits(this.transformer.ln_f.forward(hidden));
  }
}

import type { Tensor } from '@gai/core';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import type { DecoderLanguageModel, DecodingSizes } from '../../models/generative.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import { steadyLength } from '../../positions/rope-frequencies.ts';
import { llamaFormat } from './config.ts';
import type { LlamaConfig } from './config.ts';
import { LlamaModel, ropeOf } from './llama-model.ts';
import type { LlamaInputs } from './llama-model.ts';
import { llamaNames } from './names.ts';

/**
 * A Llama-style language model: the scores of every token to come next, after every token. Llama 1 to 3, SmolLM2, TinyLlama and others
 * whose files say `"model_type": "llama"`.
 *
 * Train it with {@link nextToken}.
 * @example
 * const model = new LlamaForCausalLM({ vocabSize: 50, hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1, numAttentionHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).shape; // => [1, 3, 50]
 * @see Touvron et al. 2023, https://arxiv.org/abs/2302.13971
 * @category Llama
 */
export class LlamaForCausalLM extends PretrainedModel<LlamaConfig> implements DecoderLanguageModel {
  static readonly architecture = 'LlamaForCausalLM';
  static readonly format = llamaFormat;
  static readonly names = llamaNames;
  static readonly tied = [['lm_head.weight', 'model.embed_tokens.weight']] as const;
  readonly model: LlamaModel;
  readonly lm_head: Linear;

  constructor(config: Partial<LlamaConfig> = {}) {
    const model = new LlamaModel(config);
    super(model.config);
    const { hiddenSize, vocabSize, initializerRange: std, tieWordEmbeddings } = model.config;
    this.model = model;
    this.lm_head = linear(hiddenSize, vocabSize, { std, bias: false });
    if (tieWordEmbeddings) this.tie(LlamaForCausalLM.tied);
  }

  /** `[batch, time]`, int32 → logits `[batch, time, vocabSize]`. */
  forward(inputIds: Tensor, inputs: LlamaInputs = {}): Tensor {
    return this.logits(this.hiddenStates(inputIds, inputs));
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]`, of which the logits are made. */
  hiddenStates(inputIds: Tensor, inputs: LlamaInputs = {}): Tensor {
    return this.model.forward(inputIds, inputs).lastHiddenState;
  }

  /** Hidden states `[…, hiddenSize]` → logits `[…, vocabSize]`. */
  logits(hidden: Tensor): Tensor {
    return this.lm_head.forward(hidden);
  }

  /** What its cache holds: for {@link generate}. Rotary positions have no end, but angles of some kinds are others in longer texts. */
  get decoding(): DecodingSizes {
    const { numHiddenLayers: layers, numKeyValueHeads: heads, headDim: depth, vocabSize: vocabulary } = this.config;
    const { maxPositionEmbeddings: context } = this.config;
    const sizes = { layers, heads, depth, vocabulary, positions: Infinity, context };
    return { ...sizes, steadyLength: steadyLength(ropeOf(this.config)) };
  }

  /** Heads of the queries in each layer. */
  get queryHeads(): number {
    return this.config.numAttentionHeads;
  }

  /** What the end of the model makes of the states between layers, the last norm included: `[…, hiddenSize]` → logits `[…, vocabSize]`. */
  readOut(hidden: Tensor): Tensor {
    return this.logits(this.model.norm.forward(hidden));
  }
}

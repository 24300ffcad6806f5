import { add, iota } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { Module, RMSNorm } from '@gai/nn';
import type { CacheView, Embedding } from '@gai/nn';
import { GroupedQueryAttention } from '../../attention/grouped-query-attention.ts';
import type { GroupedQueryAttentionCall } from '../../attention/grouped-query-attention.ts';
import { paddingMask } from '../../attention/masks.ts';
import { resolveConfig } from '../../config/fields.ts';
import { GatedFeedForward } from '../../feed-forward/gated-feed-forward.ts';
import { embedding } from '../../layers/initial.ts';
import { checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import type { Stack } from '../../models/stack.ts';
import { ropeFrequencies } from '../../positions/rope-frequencies.ts';
import type { RopeParameters } from '../../positions/rope-parameters.ts';
import { rotaryAngles } from '../../positions/rotary.ts';
import { llamaFormat } from './config.ts';
import type { LlamaConfig } from './config.ts';
import { llamaNames } from './names.ts';

/**
 * What a decoder takes besides token ids.
 * @category Llama
 */
export interface LlamaInputs {
  /**
   * `[batch, time]`: 0 or false for tokens that only fill up a batch; with `cache` of the new tokens alone, and those that do not count
   * are not kept. Or, without `cache`, `[batch, time, time]`: which tokens each one may look back at ({@link segmentMask}). Default: all count.
   */
  readonly attentionMask?: Tensor | undefined;
  /**
   * `[batch, time]` or `[time]`, int32. Default: 0, 1, 2, … whatever is masked; with `cache` after the tokens before, counting those that
   * are not masked, as the reference's `generate` does.
   */
  readonly positionIds?: Tensor | undefined;
  /**
   * What the tokens before have left, so that only the new ones are computed; `cache.rows()` are theirs afterwards. Default: there
   * are none before.
   */
  readonly cache?: CacheView | undefined;
}

const INPUTS: readonly (keyof LlamaInputs)[] = ['attentionMask', 'positionIds', 'cache'];

/** Attention and a gated feed-forward part, each behind a norm and added to its input (pre-norm). */
class LlamaDecoderLayer extends Module {
  readonly self_attn: GroupedQueryAttention;
  readonly mlp: GatedFeedForward;
  readonly input_layernorm: RMSNorm;
  readonly post_attention_layernorm: RMSNorm;

  constructor(config: LlamaConfig) {
    super();
    const { hiddenSize, rmsNormEps: eps, initializerRange: std } = config;
    this.self_attn = new GroupedQueryAttention({
      dim: hiddenSize,
      numHeads: config.numAttentionHeads,
      numKeyValueHeads: config.numKeyValueHeads,
      headDim: config.headDim,
      bias: config.attentionBias,
      dropout: config.attentionDropout,
      std,
    });
    this.mlp = new GatedFeedForward({
      dim: hiddenSize,
      hiddenDim: config.intermediateSize,
      activation: config.hiddenAct,
      bias: config.mlpBias,
      std,
    });
    this.input_layernorm = new RMSNorm({ normalizedShape: hiddenSize, eps });
    this.post_attention_layernorm = new RMSNorm({ normalizedShape: hiddenSize, eps });
  }

  forward(x: Tensor, call: GroupedQueryAttentionCall): Tensor {
    const attended = add(x, this.self_attn.forward(this.input_layernorm.forward(x), call));
    return add(attended, this.mlp.forward(this.post_attention_layernorm.forward(attended)));
  }
}

/**
 * What {@link LlamaModel} gives.
 * @category Llama
 */
export interface LlamaOutput {
  /** `[batch, time, hiddenSize]`, after the last norm. */
  readonly lastHiddenState: Tensor;
}

/**
 * A Llama-style decoder without a head: token ids to hidden states, each token looking back at those before it.
 *
 * Word embeddings; layers of attention with rotary positions (pairs of features half a head apart) and shared keys and values, and a
 * gated feed-forward part, each behind an RMS norm; a last norm. The state dict has the names of Hugging Face's files
 * (`layers.0.self_attn.q_proj.weight`).
 * @example
 * const model = new LlamaModel({ vocabSize: 50, hiddenSize: 16, intermediateSize: 32, numHiddenLayers: 1, numAttentionHeads: 4, numKeyValueHeads: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Touvron et al. 2023, https://arxiv.org/abs/2302.13971
 * @category Llama
 */
export class LlamaModel extends PretrainedModel<LlamaConfig> implements Stack {
  static readonly architecture = 'LlamaModel';
  static readonly format = llamaFormat;
  static readonly names = llamaNames;
  readonly embed_tokens: Embedding;
  readonly layers: readonly LlamaDecoderLayer[];
  readonly norm: RMSNorm;

  constructor(config: Partial<LlamaConfig> = {}) {
    const resolved = resolveConfig('LlamaModel', llamaFormat.fields, config);
    super(resolved);
    // Refuses factors that do not fit.
    ropeFrequencies(resolved.headDim, ropeOf(resolved));
    const { vocabSize, hiddenSize, initializerRange: std, padTokenId, numHiddenLayers, rmsNormEps: eps } = resolved;
    this.embed_tokens = embedding(vocabSize, hiddenSize, { std, padding: padTokenId });
    this.layers = Array.from({ length: numHiddenLayers }, () => new LlamaDecoderLayer(resolved));
    this.norm = new RMSNorm({ normalizedShape: hiddenSize, eps });
  }

  blocks(): readonly Module[] {
    return this.layers;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, hiddenSize]`. */
  forward(inputIds: Tensor, inputs: LlamaInputs = {}): LlamaOutput {
    checkInputs('LlamaModel', inputs, INPUTS);
    const { attentionMask, positionIds, cache } = inputs;
    checkTokens('LlamaModel', inputIds, this.embed_tokens);
    if (cache === undefined) checkMask('LlamaModel', inputIds, attentionMask);
    const time = inputIds.shape[1] as Dim;
    const positions = positionIds ?? cache?.positions(time, attentionMask) ?? iota(time);
    const rotary = rotaryAngles(positions, this.config.headDim, ropeOf(this.config));
    const mask = attentionMask === undefined || cache !== undefined ? undefined : paddingMask(attentionMask);
    let hidden = this.embed_tokens.forward(inputIds);
    for (const [layer, block] of this.layers.entries()) {
      const reach = cache === undefined ? { isCausal: true } : { cache: { view: cache, layer, kept: attentionMask } };
      hidden = block.forward(hidden, { rotary, mask, ...reach });
    }
    return { lastHiddenState: this.norm.forward(hidden) };
  }
}

/** The rotary positions, with the context on which some of them depend. */
export const ropeOf = ({ ropeParameters, maxPositionEmbeddings }: LlamaConfig): RopeParameters => ({
  ...ropeParameters,
  maxPositionEmbeddings,
});

import { add, iota, mul } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { Module, RMSNorm } from '@gai/nn';
import type { CacheView, Embedding } from '@gai/nn';
import { GroupedQueryAttention } from '../../attention/grouped-query-attention.ts';
import type { GroupedQueryAttentionCall } from '../../attention/grouped-query-attention.ts';
import { paddingMask } from '../../attention/masks.ts';
import { resolveConfig } from '../../config/fields.ts';
import { GatedFeedForward } from '../../feed-forward/gated-feed-forward.ts';
import { embedding } from '../../layers/initial.ts';
import { OffsetRMSNorm } from '../../layers/offset-rms-norm.ts';
import { checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import type { Stack } from '../../models/stack.ts';
import { ropeFrequencies } from '../../positions/rope-frequencies.ts';
import type { RopeParameters } from '../../positions/rope-parameters.ts';
import { rotaryAngles } from '../../positions/rotary.ts';
import { checkKind } from './check-kind.ts';
import { llamaFormat } from './config.ts';
import type { LlamaConfig } from './config.ts';
import { traitsOf } from './kinds.ts';
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

/** The norm of a kind of models. */
const normOf = ({ modelType, hiddenSize: normalizedShape, rmsNormEps: eps }: LlamaConfig): RMSNorm | OffsetRMSNorm =>
  traitsOf(modelType).countsFromOne === true
    ? new OffsetRMSNorm({ normalizedShape, eps })
    : new RMSNorm({ normalizedShape, eps });

/** Attention and a gated feed-forward part, each behind a norm and added to its input (pre-norm). */
class LlamaDecoderLayer extends Module {
  readonly self_attn: GroupedQueryAttention;
  readonly mlp: GatedFeedForward;
  readonly input_layernorm: RMSNorm | OffsetRMSNorm;
  readonly post_attention_layernorm: RMSNorm | OffsetRMSNorm;

  constructor(config: LlamaConfig) {
    super();
    const { hiddenSize, rmsNormEps: eps, initializerRange: std } = config;
    const { outputWithoutBias, normsQueriesAndKeys } = traitsOf(config.modelType);
    this.self_attn = new GroupedQueryAttention({
      dim: hiddenSize,
      numHeads: config.numAttentionHeads,
      numKeyValueHeads: config.numKeyValueHeads,
      headDim: config.headDim,
      bias: config.attentionBias,
      outputBias: outputWithoutBias === true ? false : config.attentionBias,
      normEps: normsQueriesAndKeys === true ? eps : undefined,
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
    this.input_layernorm = normOf(config);
    this.post_attention_layernorm = normOf(config);
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
 * A Llama-style decoder without a head: token ids to hidden states, each token looking back at those before it. Mistral, Qwen2, Qwen3,
 * Gemma and SmolLM3 are kinds of it: `modelType` of the configuration, or of the file, says which.
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
  readonly norm: RMSNorm | OffsetRMSNorm;

  constructor(config: Partial<LlamaConfig> = {}) {
    const resolved = resolveConfig('LlamaModel', llamaFormat.fields, config);
    super(resolved);
    checkKind(resolved);
    // Refuses factors that do not fit.
    ropeFrequencies(resolved.headDim, ropeOf(resolved));
    const { vocabSize, hiddenSize, initializerRange: std, padTokenId, numHiddenLayers } = resolved;
    this.embed_tokens = embedding(vocabSize, hiddenSize, { std, padding: padTokenId });
    this.layers = Array.from({ length: numHiddenLayers }, () => new LlamaDecoderLayer(resolved));
    this.norm = normOf(resolved);
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
    let hidden = this.#embed(inputIds);
    for (const [layer, block] of this.layers.entries()) {
      const reach = cache === undefined ? { isCausal: true } : { cache: { view: cache, layer, kept: attentionMask } };
      const turned = this.config.noRopeLayers[layer] === 1 ? rotary : undefined;
      hidden = block.forward(hidden, { rotary: turned, mask, window: this.#window(layer), ...reach });
    }
    return { lastHiddenState: this.norm.forward(hidden) };
  }

  #embed(inputIds: Tensor): Tensor {
    const embedded = this.embed_tokens.forward(inputIds);
    const { modelType, hiddenSize } = this.config;
    return traitsOf(modelType).countsFromOne === true ? mul(embedded, Math.sqrt(hiddenSize)) : embedded;
  }

  #window(layer: number): number | undefined {
    const { layerTypes, slidingWindow } = this.config;
    return layerTypes[layer] === 'sliding_attention' ? (slidingWindow ?? undefined) : undefined;
  }
}

/** The rotary positions, with the context on which some of them depend. */
export const ropeOf = ({ ropeParameters, maxPositionEmbeddings }: LlamaConfig): RopeParameters => ({
  ...ropeParameters,
  maxPositionEmbeddings,
});

import { add, iota, split } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { CacheView, Embedding } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { paddingMask } from '../../attention/masks.ts';
import { resolveConfig } from '../../config/fields.ts';
import { activation } from '../../feed-forward/activation.ts';
import { embedding } from '../../layers/initial.ts';
import { checkHeads, checkInputs, checkMask, checkTokens } from '../../models/checks.ts';
import { PretrainedModel } from '../../models/pretrained-model.ts';
import type { Stack } from '../../models/stack.ts';
import { gpt2Format } from './config.ts';
import type { GPT2Config } from './config.ts';
import { Conv1D } from './conv1d.ts';
import { gpt2Names } from './names.ts';

/**
 * What GPT-2 takes besides token ids.
 * @category GPT-2
 */
export interface GPT2Inputs {
  /**
   * `[batch, time]`: 0 or false for tokens that only fill up a batch; with `cache` of the new tokens alone, and those that do not count
   * are not kept. Or, without `cache`, `[batch, time, time]`: which tokens each one may look back at ({@link segmentMask}). Default: all count.
   */
  readonly attentionMask?: Tensor | undefined;
  /**
   * `[batch, time]` or `[time]`, int32. Default: 0, 1, 2, … whatever is masked, as in the reference (its `generate` counts from the first
   * token that is not masked); with `cache` after the tokens before, counting those that are not masked.
   */
  readonly positionIds?: Tensor | undefined;
  /** `[batch, time]`, int32: a word for each token whose embedding is added, as dialogues name who speaks. Default: none. */
  readonly tokenTypeIds?: Tensor | undefined;
  /** What the tokens before have left, so that only the new ones are computed. Default: there are none before. */
  readonly cache?: CacheView | undefined;
}

const INPUTS: readonly (keyof GPT2Inputs)[] = ['attentionMask', 'positionIds', 'tokenTypeIds', 'cache'];

/**
 * What {@link GPT2Model} gives.
 * @category GPT-2
 */
export interface GPT2Output {
  /** `[batch, time, nEmbd]`, after the last norm. */
  readonly lastHiddenState: Tensor;
}

/** The last map of a residual branch begins smaller the more of them are added up. */
const residualStd = ({ initializerRange, nLayer }: GPT2Config): number =>
  initializerRange / Math.sqrt(2 * Math.max(1, nLayer));

/** What a layer attends to besides its input. */
interface Attended {
  readonly mask: Tensor | undefined;
  readonly cache: CacheView | undefined;
  readonly kept: Tensor | undefined;
}

class GPT2Attention extends Module {
  readonly c_attn: Conv1D;
  readonly c_proj: Conv1D;
  readonly core: DotProductAttention;
  readonly resid_dropout: Dropout;
  readonly #headDim: number;
  readonly #scale: number;
  readonly #layer: number;

  constructor(config: GPT2Config, layer: number) {
    super();
    const { nEmbd, nHead, initializerRange, scaleAttnWeights, scaleAttnByInverseLayerIdx } = config;
    this.#headDim = nEmbd / nHead;
    this.#layer = layer;
    this.#scale = (scaleAttnWeights ? this.#headDim ** -0.5 : 1) / (scaleAttnByInverseLayerIdx ? layer + 1 : 1);
    this.c_attn = new Conv1D(nEmbd, 3 * nEmbd, initializerRange);
    this.c_proj = new Conv1D(nEmbd, nEmbd, residualStd(config));
    this.core = new DotProductAttention({ dropout: config.attnPdrop });
    this.resid_dropout = new Dropout({ p: config.residPdrop });
  }

  forward(x: Tensor, { mask, cache, kept }: Attended): Tensor {
    const parts = splitHeads(this.c_attn.forward(x), this.#headDim); // [batch, 3 · heads, time, depth]
    const heads = (parts.shape[1] as number) / 3;
    const [query, key, value] = split(parts, [heads, heads, heads], { axis: 1 }) as [Tensor, Tensor, Tensor];
    const attended =
      cache === undefined
        ? this.core.forward(query, key, value, { mask, scale: this.#scale, isCausal: true })
        : cache.attend(this.#layer, query, { key, value }, { kept, scale: this.#scale });
    return this.resid_dropout.forward(this.c_proj.forward(joinHeads(attended)));
  }
}

class GPT2MLP extends Module {
  readonly c_fc: Conv1D;
  readonly c_proj: Conv1D;
  readonly dropout: Dropout;
  readonly #act: (x: Tensor) => Tensor;

  constructor(config: GPT2Config) {
    super();
    this.c_fc = new Conv1D(config.nEmbd, config.nInner, config.initializerRange);
    this.c_proj = new Conv1D(config.nInner, config.nEmbd, residualStd(config));
    this.dropout = new Dropout({ p: config.residPdrop });
    this.#act = activation(config.activationFunction);
  }

  forward(x: Tensor): Tensor {
    return this.dropout.forward(this.c_proj.forward(this.#act(this.c_fc.forward(x))));
  }
}

/** Attention and the feed-forward part, each behind a norm and added to its input (pre-norm). */
class GPT2Block extends Module {
  readonly ln_1: LayerNorm;
  readonly attn: GPT2Attention;
  readonly ln_2: LayerNorm;
  readonly mlp: GPT2MLP;

  constructor(config: GPT2Config, layer: number) {
    super();
    const norm = { normalizedShape: config.nEmbd, eps: config.layerNormEpsilon };
    this.ln_1 = new LayerNorm(norm);
    this.attn = new GPT2Attention(config, layer);
    this.ln_2 = new LayerNorm(norm);
    this.mlp = new GPT2MLP(config);
  }

  forward(x: Tensor, attended: Attended): Tensor {
    const hidden = add(x, this.attn.forward(this.ln_1.forward(x), attended));
    return add(hidden, this.mlp.forward(this.ln_2.forward(hidden)));
  }
}

/**
 * GPT-2 without a head: token ids to hidden states, each token looking back at those before it.
 *
 * Embeddings of words and learned positions; layers of attention and a feed-forward part, each behind a norm; a last norm. The state dict
 * has the names of Hugging Face's files (`h.0.attn.c_attn.weight`, stored `[in, out]`).
 * @example
 * const model = new GPT2Model({ vocabSize: 50, nPositions: 8, nEmbd: 16, nLayer: 1, nHead: 2 });
 * model.eval().forward(tensor([[2, 7, 3]], { dtype: 'int32' })).lastHiddenState.shape; // => [1, 3, 16]
 * @see Radford et al. 2019, Language Models are Unsupervised Multitask Learners
 * @category GPT-2
 */
export class GPT2Model extends PretrainedModel<GPT2Config> implements Stack {
  static readonly architecture = 'GPT2Model';
  static readonly format = gpt2Format;
  static readonly names = gpt2Names;
  readonly wte: Embedding;
  readonly wpe: Embedding;
  readonly drop: Dropout;
  readonly h: readonly GPT2Block[];
  readonly ln_f: LayerNorm;

  constructor(config: Partial<GPT2Config> = {}) {
    const resolved = resolveConfig('GPT2Model', gpt2Format.fields, config);
    super(resolved);
    const { vocabSize, nPositions, nEmbd, nLayer, nHead, initializerRange: std } = resolved;
    checkHeads('GPT2Model', ['nEmbd', nEmbd], ['nHead', nHead]);
    this.wte = embedding(vocabSize, nEmbd, { std });
    this.wpe = embedding(nPositions, nEmbd, { std });
    this.drop = new Dropout({ p: resolved.embdPdrop });
    this.h = Array.from({ length: nLayer }, (_, layer) => new GPT2Block(resolved, layer));
    this.ln_f = new LayerNorm({ normalizedShape: nEmbd, eps: resolved.layerNormEpsilon });
  }

  blocks(): readonly Module[] {
    return this.h;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, nEmbd]`. */
  forward(inputIds: Tensor, inputs: GPT2Inputs = {}): GPT2Output {
    checkInputs('GPT2Model', inputs, INPUTS);
    const { attentionMask, positionIds, tokenTypeIds, cache } = inputs;
    checkTokens('GPT2Model', inputIds, this.wte, positionIds === undefined ? this.config.nPositions : Infinity);
    if (cache === undefined) checkMask('GPT2Model', inputIds, attentionMask);
    const time = inputIds.shape[1] as Dim;
    const positions = this.wpe.forward(positionIds ?? cache?.positions(time, attentionMask) ?? iota(time));
    const mask = attentionMask === undefined || cache !== undefined ? undefined : paddingMask(attentionMask);
    const attended = { mask, cache, kept: attentionMask };
    const words = add(this.wte.forward(inputIds), positions);
    const embedded = tokenTypeIds === undefined ? words : add(words, this.wte.forward(tokenTypeIds));
    const hidden = this.h.reduce((x, block) => block.forward(x, attended), this.drop.forward(embedded));
    return { lastHiddenState: this.ln_f.forward(hidden) };
  }
}

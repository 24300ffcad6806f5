import { add, iota, mul, sub, transpose, unsqueeze, where } from '@gai/core';
import type { AttentionOptions, Dim, Tensor } from '@gai/core';
import { Dropout, Module, RMSNorm, keepTokens } from '@gai/nn';
import type { CacheView, Embedding, KeysValues, Linear } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { paddingMask } from '../../attention/masks.ts';
import { activation } from '../../feed-forward/activation.ts';
import { embedding, linear } from '../../layers/initial.ts';
import type { Stack } from '../../models/stack.ts';
import { relativeBuckets } from '../../positions/relative-buckets.ts';
import type { T5Config } from './config.ts';

/** What the layers of a stack share. */
interface Shared {
  /** Biases by distance, and what is masked, of the stack's own tokens. */
  readonly own: AttentionOptions;
  /** The encoder's hidden states and its padding; only in a decoder. */
  readonly encoder?: { readonly hidden: Tensor; readonly options: AttentionOptions } | undefined;
  /** What the tokens before have left, and which of the new ones count; only in a decoder. */
  readonly cache?: { readonly view: CacheView; readonly kept: Tensor | undefined } | undefined;
}

/** Attention without biases and without a scale: the first weights are small instead. */
class T5Attention extends Module {
  readonly q: Linear;
  readonly k: Linear;
  readonly v: Linear;
  readonly o: Linear;
  readonly relative_attention_bias: Embedding | null;
  readonly core: DotProductAttention;
  readonly #headDim: number;

  constructor(config: T5Config, kind: 'self' | 'cross', hasBias: boolean) {
    super();
    const { dModel, dKv, numHeads, initializerFactor: factor, dropoutRate } = config;
    const inner = numHeads * dKv;
    const bias = false;
    this.#headDim = dKv;
    this.q = linear(dModel, inner, { std: factor * (dModel * dKv) ** -0.5, bias });
    this.k = linear(dModel, inner, { std: factor * dModel ** -0.5, bias });
    this.v = linear(dModel, inner, { std: factor * dModel ** -0.5, bias });
    this.o = linear(inner, dModel, { std: factor * inner ** -0.5, bias });
    this.relative_attention_bias = hasBias
      ? embedding(config.relativeAttentionNumBuckets, numHeads, { std: factor * dModel ** -0.5 })
      : null;
    this.core = new DotProductAttention({ dropout: dropoutRate, kind });
  }

  forward(x: Tensor, source: Tensor, options: AttentionOptions): Tensor {
    const { key, value } = this.keysValues(source);
    return this.attend(x, (query) => this.core.forward(query, key, value, { ...options, scale: 1 }));
  }

  /** `[batch, time, dModel]` → keys and values `[batch, heads, time, dKv]`. */
  keysValues(source: Tensor): KeysValues {
    return { key: this.#heads(this.k, source), value: this.#heads(this.v, source) };
  }

  /** Queries of `x`, and what they make of it where they attend to. */
  attend(x: Tensor, how: (query: Tensor) => Tensor): Tensor {
    return this.o.forward(joinHeads(how(this.#heads(this.q, x))));
  }

  #heads(map: Linear, of: Tensor): Tensor {
    return splitHeads(map.forward(of), this.#headDim);
  }
}

/** A part behind a norm, added to its input (pre-norm). */
abstract class T5Layer extends Module {
  readonly layer_norm: RMSNorm;
  readonly dropout: Dropout;

  constructor({ dModel, layerNormEpsilon, dropoutRate }: T5Config) {
    super();
    this.layer_norm = new RMSNorm({ normalizedShape: dModel, eps: layerNormEpsilon });
    this.dropout = new Dropout({ p: dropoutRate });
  }

  forward(x: Tensor, shared: Shared): Tensor {
    return add(x, this.dropout.forward(this.part(this.layer_norm.forward(x), shared)));
  }

  protected abstract part(x: Tensor, shared: Shared): Tensor;
}

class T5LayerSelfAttention extends T5Layer {
  readonly SelfAttention: T5Attention;
  readonly #layer: number;

  constructor(config: T5Config, layer: number) {
    super(config);
    this.SelfAttention = new T5Attention(config, 'self', layer === 0);
    this.#layer = layer;
  }

  protected part(x: Tensor, { own, cache }: Shared): Tensor {
    if (cache === undefined) return this.SelfAttention.forward(x, x, own);
    const settings = { mask: own.mask, kept: cache.kept, scale: 1 };
    const added = this.SelfAttention.keysValues(x);
    return this.SelfAttention.attend(x, (query) => cache.view.attend(this.#layer, query, added, settings));
  }
}

class T5LayerCrossAttention extends T5Layer {
  readonly EncDecAttention: T5Attention;
  readonly #layer: number;

  constructor(config: T5Config, layer: number) {
    super(config);
    this.EncDecAttention = new T5Attention(config, 'cross', false);
    this.#layer = layer;
  }

  protected part(x: Tensor, { encoder, cache }: Shared): Tensor {
    if (cache === undefined) return this.EncDecAttention.forward(x, encoder!.hidden, encoder!.options);
    return this.EncDecAttention.attend(x, (query) => cache.view.attendCross(this.#layer, query, { scale: 1 }));
  }
}

/** `act(x Wiᵀ) Woᵀ`, or with a gate `(act(x Wi₀ᵀ) · x Wi₁ᵀ) Woᵀ`. */
class T5DenseReluDense extends Module {
  readonly wi: Linear | null;
  readonly wi_0: Linear | null;
  readonly wi_1: Linear | null;
  readonly wo: Linear;
  readonly dropout: Dropout;
  readonly #act: (x: Tensor) => Tensor;

  constructor({ dModel, dFf, initializerFactor: factor, isGatedAct, denseActFn, dropoutRate }: T5Config) {
    super();
    const inner = (isThere: boolean): Linear | null =>
      isThere ? linear(dModel, dFf, { std: factor * dModel ** -0.5, bias: false }) : null;
    this.wi = inner(!isGatedAct);
    this.wi_0 = inner(isGatedAct);
    this.wi_1 = inner(isGatedAct);
    this.wo = linear(dFf, dModel, { std: factor * dFf ** -0.5, bias: false });
    this.dropout = new Dropout({ p: dropoutRate });
    this.#act = activation(denseActFn);
  }

  forward(x: Tensor): Tensor {
    const active = this.#act((this.wi ?? this.wi_0!).forward(x));
    const hidden = this.wi_1 === null ? active : mul(active, this.wi_1.forward(x));
    return this.wo.forward(this.dropout.forward(hidden));
  }
}

class T5LayerFF extends T5Layer {
  readonly DenseReluDense: T5DenseReluDense;

  constructor(config: T5Config) {
    super(config);
    this.DenseReluDense = new T5DenseReluDense(config);
  }

  protected part(x: Tensor): Tensor {
    return this.DenseReluDense.forward(x);
  }
}

/** Self-attention, in a decoder attention to the encoder, and the feed-forward part. */
class T5Block extends Module {
  readonly layer: readonly T5Layer[];

  constructor(config: T5Config, isDecoder: boolean, index: number) {
    super();
    const cross = isDecoder ? [new T5LayerCrossAttention(config, index)] : [];
    this.layer = [new T5LayerSelfAttention(config, index), ...cross, new T5LayerFF(config)];
  }

  /** Keys and values of an encoder's hidden states. */
  cross(hidden: Tensor): KeysValues {
    return (this.layer[1] as T5LayerCrossAttention).EncDecAttention.keysValues(hidden);
  }

  forward(x: Tensor, shared: Shared): Tensor {
    return this.layer.reduce((hidden, part) => part.forward(hidden, shared), x);
  }
}

/** What a stack takes besides token ids. */
export interface T5StackInputs {
  readonly attentionMask?: Tensor | undefined;
  /** Only for a decoder. */
  readonly encoder?: { readonly hidden: Tensor; readonly attentionMask?: Tensor | undefined } | undefined;
  /** Only for a decoder: the tokens before, and the encoder's keys and values in place of its hidden states. */
  readonly cache?: CacheView | undefined;
}

/** The encoder, or the decoder: the same layers, with causal attention and attention to the encoder in the latter. */
export class T5Stack extends Module implements Stack {
  readonly embed_tokens: Embedding;
  readonly block: readonly T5Block[];
  readonly final_layer_norm: RMSNorm;
  readonly dropout: Dropout;
  readonly #config: T5Config;
  readonly #isDecoder: boolean;

  constructor(config: T5Config, shared: Embedding, isDecoder: boolean) {
    super();
    this.#config = config;
    this.#isDecoder = isDecoder;
    this.embed_tokens = shared;
    const length = isDecoder ? config.numDecoderLayers : config.numLayers;
    this.block = Array.from({ length }, (_, index) => new T5Block(config, isDecoder, index));
    this.final_layer_norm = new RMSNorm({ normalizedShape: config.dModel, eps: config.layerNormEpsilon });
    this.dropout = new Dropout({ p: config.dropoutRate });
  }

  blocks(): readonly Module[] {
    return this.block;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, dModel]`. */
  forward(inputIds: Tensor, { attentionMask, encoder, cache }: T5StackInputs = {}): Tensor {
    const time = inputIds.shape[1] as Dim;
    const shared: Shared = {
      own:
        cache === undefined
          ? { mask: this.#biases(time, attentionMask), isCausal: this.#isDecoder }
          : { mask: this.#cachedBiases(time, cache, attentionMask) },
      encoder: encoder && { hidden: encoder.hidden, options: { mask: maskOf(encoder.attentionMask) } },
      cache: cache && { view: cache, kept: attentionMask },
    };
    const embedded = this.dropout.forward(this.embed_tokens.forward(inputIds));
    const hidden = this.block.reduce((x, block) => block.forward(x, shared), embedded);
    return this.dropout.forward(this.final_layer_norm.forward(hidden));
  }

  /** The keys and values of every layer for an encoder's hidden states, for `KeyValueCache.setCross`; only of a decoder. */
  cross(hidden: Tensor, attentionMask?: Tensor): readonly KeysValues[] {
    const rows = this.block.map((block) => block.cross(hidden));
    return attentionMask === undefined ? rows : rows.map((row) => keepTokens(row, attentionMask));
  }

  /** What every layer adds to its scores, from the table of the first: `[1 or batch, heads, time, time]`. */
  #biases(time: Dim, attentionMask: Tensor | undefined): Tensor | undefined {
    const kept = maskOf(attentionMask);
    const relative = unsqueeze(sub(unsqueeze(iota(time), 0), unsqueeze(iota(time), 1)), 0); // [1, queries, keys]
    const biases = this.#biasesOf(relative);
    return kept === undefined || biases === undefined ? (biases ?? kept) : where(kept, biases, -Infinity);
  }

  /** The same with a cache: `[batch, heads, time, past + time]`. */
  #cachedBiases(time: Dim, cache: CacheView, kept: Tensor | undefined): Tensor | undefined {
    const [query, key] = [cache.positions(time, kept), cache.keyPositions(time, kept)];
    return this.#biasesOf(sub(unsqueeze(key, 1), unsqueeze(query, 2)));
  }

  /** `[rows, queries, keys]`, how far a key is to the right → `[rows, heads, queries, keys]`; a stack without layers has none. */
  #biasesOf(relative: Tensor): Tensor | undefined {
    const first = this.block[0]?.layer[0];
    if (!(first instanceof T5LayerSelfAttention)) return undefined;
    const buckets = relativeBuckets(relative, {
      numBuckets: this.#config.relativeAttentionNumBuckets,
      maxDistance: this.#config.relativeAttentionMaxDistance,
      bidirectional: !this.#isDecoder,
    });
    return transpose(first.SelfAttention.relative_attention_bias!.forward(buckets), [0, 3, 1, 2]);
  }
}

const maskOf = (attentionMask: Tensor | undefined): Tensor | undefined =>
  attentionMask === undefined ? undefined : paddingMask(attentionMask);

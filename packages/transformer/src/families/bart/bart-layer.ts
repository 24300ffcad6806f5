import { add } from '@gai/core';
import type { AttentionOptions, Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module } from '@gai/nn';
import type { CacheView, KeysValues, Linear } from '@gai/nn';
import { activation } from '../../feed-forward/activation.ts';
import { linear } from '../../layers/initial.ts';
import { BartAttention } from './bart-attention.ts';
import type { BartConfig } from './config.ts';
import { bartTraits } from './kinds.ts';

/** What the layers of a stack share. */
export interface BartShared {
  /** What is masked of the stack's own tokens. */
  readonly own: AttentionOptions;
  /** The encoder's hidden states and its padding; only in a decoder. */
  readonly encoder?: { readonly hidden: Tensor; readonly options: AttentionOptions } | undefined;
  /** What the tokens before have left, and which of the new ones count; only in a decoder. */
  readonly cache?: { readonly view: CacheView; readonly kept: Tensor | undefined } | undefined;
}

/** Self-attention, in a decoder attention to the encoder, and the feed-forward part, each with what goes around it and a norm. */
export class BartLayer extends Module {
  readonly self_attn: BartAttention;
  readonly self_attn_layer_norm: LayerNorm;
  readonly encoder_attn: BartAttention | null;
  readonly encoder_attn_layer_norm: LayerNorm | null;
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly final_layer_norm: LayerNorm;
  readonly dropout: Dropout;
  readonly activationDropout: Dropout;
  readonly #act: (x: Tensor) => Tensor;
  readonly #normFirst: boolean;
  readonly #layer: number;

  constructor(config: BartConfig, isDecoder: boolean, layer: number) {
    super();
    const { dModel, initStd: std } = config;
    const heads = isDecoder ? config.decoderAttentionHeads : config.encoderAttentionHeads;
    const wide = isDecoder ? config.decoderFfnDim : config.encoderFfnDim;
    const norm = (): LayerNorm => new LayerNorm({ normalizedShape: dModel });
    this.self_attn = new BartAttention(config, heads, 'self');
    this.self_attn_layer_norm = norm();
    this.encoder_attn = isDecoder ? new BartAttention(config, heads, 'cross') : null;
    this.encoder_attn_layer_norm = isDecoder ? norm() : null;
    this.fc1 = linear(dModel, wide, { std });
    this.fc2 = linear(wide, dModel, { std });
    this.final_layer_norm = norm();
    this.dropout = new Dropout({ p: config.dropout });
    this.activationDropout = new Dropout({ p: config.activationDropout });
    this.#act = activation(config.activationFunction);
    this.#normFirst = bartTraits(config.modelType).normFirst;
    this.#layer = layer;
  }

  forward(x: Tensor, shared: BartShared): Tensor {
    const own = this.#around(x, this.self_attn_layer_norm, (input) => this.#look(input, shared));
    const crossed =
      this.encoder_attn_layer_norm === null
        ? own
        : this.#around(own, this.encoder_attn_layer_norm, (input) => this.#lookAcross(input, shared));
    return this.#around(crossed, this.final_layer_norm, (input) =>
      this.fc2.forward(this.activationDropout.forward(this.#act(this.fc1.forward(input)))),
    );
  }

  /** `x + part(norm(x))`, or `norm(x + part(x))`. */
  #around(x: Tensor, norm: LayerNorm, part: (x: Tensor) => Tensor): Tensor {
    const through = (input: Tensor): Tensor => this.dropout.forward(part(input));
    return this.#normFirst ? add(x, through(norm.forward(x))) : norm.forward(add(x, through(x)));
  }

  #look(x: Tensor, { own, cache }: BartShared): Tensor {
    if (cache === undefined) return this.self_attn.forward(x, x, own);
    const added: KeysValues = this.self_attn.keysValues(x);
    const settings = { ...own, kept: cache.kept };
    return this.self_attn.attend(x, (query) => cache.view.attend(this.#layer, query, added, settings));
  }

  #lookAcross(x: Tensor, { encoder, cache }: BartShared): Tensor {
    const across = this.encoder_attn!;
    if (cache === undefined) return across.forward(x, encoder!.hidden, encoder!.options);
    return across.attend(x, (query) => cache.view.attendCross(this.#layer, query));
  }
}

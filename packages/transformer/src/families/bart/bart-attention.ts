import type { AttentionOptions, Tensor } from '@gai/core';
import { Module } from '@gai/nn';
import type { KeysValues, Linear } from '@gai/nn';
import { DotProductAttention } from '../../attention/dot-product-attention.ts';
import { joinHeads, splitHeads } from '../../attention/heads.ts';
import { linear } from '../../layers/initial.ts';
import type { BartConfig } from './config.ts';

/** Attention with a bias in every map. */
export class BartAttention extends Module {
  readonly k_proj: Linear;
  readonly v_proj: Linear;
  readonly q_proj: Linear;
  readonly out_proj: Linear;
  readonly core: DotProductAttention;
  readonly #headDim: number;

  // oxlint-disable-next-line max-params -- what it is made of, and where it stands.
  constructor({ dModel, initStd: std, attentionDropout: dropout }: BartConfig, heads: number, kind: 'self' | 'cross') {
    super();
    this.#headDim = dModel / heads;
    this.k_proj = linear(dModel, dModel, { std });
    this.v_proj = linear(dModel, dModel, { std });
    this.q_proj = linear(dModel, dModel, { std });
    this.out_proj = linear(dModel, dModel, { std });
    this.core = new DotProductAttention({ dropout, kind });
  }

  forward(x: Tensor, source: Tensor, options: AttentionOptions): Tensor {
    return this.attend(x, (query) => {
      const { key, value } = this.keysValues(source);
      return this.core.forward(query, key, value, options);
    });
  }

  /** `[batch, time, dModel]` → keys and values `[batch, heads, time, depth]`. */
  keysValues(source: Tensor): KeysValues {
    return { key: this.#heads(this.k_proj, source), value: this.#heads(this.v_proj, source) };
  }

  /** Queries of `x`, and what they make of it where they attend to. */
  attend(x: Tensor, how: (query: Tensor) => Tensor): Tensor {
    return this.out_proj.forward(joinHeads(how(this.#heads(this.q_proj, x))));
  }

  #heads(map: Linear, of: Tensor): Tensor {
    return splitHeads(map.forward(of), this.#headDim);
  }
}

import { add, iota, mul } from '@gai/core';
import type { AttentionOptions, Dim, Tensor } from '@gai/core';
import { Dropout, LayerNorm, Module, keepTokens } from '@gai/nn';
import type { CacheView, Embedding, KeysValues } from '@gai/nn';
import { paddingMask } from '../../attention/masks.ts';
import type { Stack } from '../../models/stack.ts';
import { BartLayer } from './bart-layer.ts';
import type { BartShared } from './bart-layer.ts';
import { BartPositions } from './bart-positions.ts';
import type { BartConfig } from './config.ts';
import { bartTraits } from './kinds.ts';

/** What a stack takes besides token ids. */
interface BartStackInputs {
  readonly attentionMask?: Tensor | undefined;
  /** Only for a decoder. */
  readonly encoder?: { readonly hidden: Tensor; readonly attentionMask?: Tensor | undefined } | undefined;
  /** Only for a decoder: the tokens before, and the encoder's keys and values in place of its hidden states. */
  readonly cache?: CacheView | undefined;
  /** `[batch, time]`, int32. Default: 0, 1, 2, … whatever is masked; with `cache` behind the tokens before. */
  readonly positionIds?: Tensor | undefined;
}

/** The encoder, or the decoder: the same layers, with causal attention and attention to the encoder in the latter. */
export class BartStack extends Module implements Stack {
  readonly embed_tokens: Embedding;
  readonly embed_positions: BartPositions;
  readonly layers: readonly BartLayer[];
  readonly layernorm_embedding: LayerNorm | null;
  readonly layer_norm: LayerNorm | null;
  readonly dropout: Dropout;
  readonly #scale: number;
  readonly #isDecoder: boolean;

  constructor(config: BartConfig, words: Embedding, isDecoder: boolean) {
    super();
    const { dModel, modelType } = config;
    const { normsEmbeddings, normFirst } = bartTraits(modelType);
    const norm = (isThere: boolean): LayerNorm | null => (isThere ? new LayerNorm({ normalizedShape: dModel }) : null);
    this.#scale = config.scaleEmbedding ? Math.sqrt(dModel) : 1;
    this.#isDecoder = isDecoder;
    this.embed_tokens = words;
    this.embed_positions = new BartPositions(config);
    const length = isDecoder ? config.decoderLayers : config.encoderLayers;
    this.layers = Array.from({ length }, (_, index) => new BartLayer(config, isDecoder, index));
    this.layernorm_embedding = norm(normsEmbeddings);
    this.layer_norm = norm(normFirst);
    this.dropout = new Dropout({ p: config.dropout });
  }

  blocks(): readonly Module[] {
    return this.layers;
  }

  /** `[batch, time]`, int32 → hidden states `[batch, time, dModel]`. */
  forward(inputIds: Tensor, inputs: BartStackInputs = {}): Tensor {
    const { attentionMask, encoder, cache } = inputs;
    const shared: BartShared = {
      own: cache === undefined ? { mask: maskOf(attentionMask), isCausal: this.#isDecoder } : {},
      encoder: encoder && { hidden: encoder.hidden, options: { mask: maskOf(encoder.attentionMask) } },
      cache: cache && { view: cache, kept: attentionMask },
    };
    const hidden = this.layers.reduce((x, layer) => layer.forward(x, shared), this.#embed(inputIds, inputs));
    return this.layer_norm?.forward(hidden) ?? hidden;
  }

  /** The keys and values of every layer for an encoder's hidden states, for `KeyValueCache.setCross`; only of a decoder. */
  cross(hidden: Tensor, attentionMask?: Tensor): readonly KeysValues[] {
    const rows = this.layers.map((layer) => layer.encoder_attn!.keysValues(hidden));
    return attentionMask === undefined ? rows : rows.map((row) => keepTokens(row, attentionMask));
  }

  #embed(inputIds: Tensor, { positionIds, cache, attentionMask }: BartStackInputs): Tensor {
    const time = inputIds.shape[1] as Dim;
    const places = positionIds ?? cache?.positions(time, attentionMask) ?? iota(time);
    const words = this.embed_tokens.forward(inputIds);
    const scaled = this.#scale === 1 ? words : mul(words, this.#scale);
    const embedded = add(scaled, this.embed_positions.forward(places));
    return this.dropout.forward(this.layernorm_embedding?.forward(embedded) ?? embedded);
  }
}

const maskOf = (attentionMask: Tensor | undefined): AttentionOptions['mask'] =>
  attentionMask === undefined ? undefined : paddingMask(attentionMask);

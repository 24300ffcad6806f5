import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { LayerNorm, Module } from '@gai/nn';
import type { MultiheadAttentionMasks } from '@gai/nn';
import type { Stack } from '../models/stack.ts';
import { LAYER_OPTIONS, TransformerDecoderLayer, TransformerEncoderLayer } from './transformer-layer.ts';
import type { DecoderMasks, TransformerLayerOptions } from './transformer-layer.ts';

/** Options of {@link TransformerEncoder} and {@link TransformerDecoder}. */
export interface TransformerStackOptions extends TransformerLayerOptions {
  /** How many layers. Default 6. */
  readonly numLayers?: number | undefined;
  /** Whether there is a norm after the last layer, which pre-norm layers need. Default false. */
  readonly finalNorm?: boolean | undefined;
}

/** The names of {@link TransformerStackOptions}. */
const STACK_OPTIONS: readonly string[] = ['numLayers', 'finalNorm', ...LAYER_OPTIONS];

const normOf = ({ finalNorm = false, dModel, layerNormEps, bias }: TransformerStackOptions): LayerNorm | null =>
  finalNorm ? new LayerNorm({ normalizedShape: dModel, eps: layerNormEps, bias }) : null;

/**
 * Several {@link TransformerEncoderLayer}s.
 *
 * State, under PyTorch's names: `layers.0.*`, …, `norm.*`.
 * @example
 * const encoder = new TransformerEncoder({ numLayers: 2, dModel: 8, nhead: 2, dimFeedforward: 16, normFirst: true, finalNorm: true }).eval();
 * encoder.forward(tensor(new Float32Array(24), { shape: [1, 3, 8] })).shape; // => [1, 3, 8]
 * @category Layers
 */
export class TransformerEncoder extends Module implements Stack {
  readonly layers: readonly TransformerEncoderLayer[];
  readonly norm: LayerNorm | null;

  constructor(options: TransformerStackOptions) {
    checkOptionNames('TransformerEncoder', options, STACK_OPTIONS);
    super();
    const { numLayers = 6, finalNorm: _, ...layer } = options;
    this.layers = Array.from({ length: numLayers }, () => new TransformerEncoderLayer(layer));
    this.norm = normOf(options);
  }

  blocks(): readonly Module[] {
    return this.layers;
  }

  /** `[batch, time, dModel]` → the same shape. */
  forward(x: Tensor, masks: MultiheadAttentionMasks = {}): Tensor {
    const hidden = this.layers.reduce((state, layer) => layer.forward(state, masks), x);
    return this.norm === null ? hidden : this.norm.forward(hidden);
  }
}

/**
 * Several {@link TransformerDecoderLayer}s, all of which attend to the same output of an encoder.
 *
 * State, under PyTorch's names: `layers.0.*`, …, `norm.*`.
 * @example
 * const decoder = new TransformerDecoder({ numLayers: 1, dModel: 8, nhead: 2, dimFeedforward: 16 }).eval();
 * const [x, memory] = [tensor(new Float32Array(16), { shape: [1, 2, 8] }), tensor(new Float32Array(24), { shape: [1, 3, 8] })];
 * decoder.forward(x, memory, { self: { isCausal: true } }).shape; // => [1, 2, 8]
 * @category Layers
 */
export class TransformerDecoder extends Module implements Stack {
  readonly layers: readonly TransformerDecoderLayer[];
  readonly norm: LayerNorm | null;

  constructor(options: TransformerStackOptions) {
    checkOptionNames('TransformerDecoder', options, STACK_OPTIONS);
    super();
    const { numLayers = 6, finalNorm: _, ...layer } = options;
    this.layers = Array.from({ length: numLayers }, () => new TransformerDecoderLayer(layer));
    this.norm = normOf(options);
  }

  blocks(): readonly Module[] {
    return this.layers;
  }

  /** `[batch, time, dModel]` and the encoder's `[batch, sourceTime, dModel]` → the shape of the former. */
  forward(x: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    const hidden = this.layers.reduce((state, layer) => layer.forward(state, memory, masks), x);
    return this.norm === null ? hidden : this.norm.forward(hidden);
  }
}

/** Options of {@link Transformer}. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** Layers of the encoder. Default 6. */
  readonly numEncoderLayers?: number | undefined;
  /** Layers of the decoder. Default 6. */
  readonly numDecoderLayers?: number | undefined;
}

/** Who may attend to whom in a {@link Transformer}. */
export interface TransformerMasks extends DecoderMasks {
  /** Among the tokens of the encoder. Default: everyone to everyone. */
  readonly source?: MultiheadAttentionMasks | undefined;
}

/**
 * The encoder and decoder of the paper, without embeddings and without an output: {@link TransformerEncoder} and {@link TransformerDecoder},
 * each with a norm at its end.
 *
 * State, under PyTorch's names: `encoder.layers.0.*`, …, `encoder.norm.*`, `decoder.layers.0.*`, …, `decoder.norm.*`.
 * @example
 * const model = new Transformer({ dModel: 8, nhead: 2, dimFeedforward: 16, numEncoderLayers: 1, numDecoderLayers: 1 }).eval();
 * const [source, target] = [tensor(new Float32Array(24), { shape: [1, 3, 8] }), tensor(new Float32Array(16), { shape: [1, 2, 8] })];
 * model.forward(source, target, { self: { isCausal: true } }).shape; // => [1, 2, 8]
 * @see Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 * @category Layers
 */
export class Transformer extends Module {
  readonly encoder: TransformerEncoder;
  readonly decoder: TransformerDecoder;

  constructor(options: TransformerOptions) {
    checkOptionNames('Transformer', options, ['numEncoderLayers', 'numDecoderLayers', ...LAYER_OPTIONS]);
    super();
    const { numEncoderLayers, numDecoderLayers, ...layer } = options;
    this.encoder = new TransformerEncoder({ ...layer, numLayers: numEncoderLayers, finalNorm: true });
    this.decoder = new TransformerDecoder({ ...layer, numLayers: numDecoderLayers, finalNorm: true });
  }

  /** `[batch, sourceTime, dModel]` and `[batch, time, dModel]` → the shape of the latter. */
  forward(source: Tensor, target: Tensor, given: TransformerMasks = {}): Tensor {
    checkOptionNames('Transformer.forward', given, ['source', 'self', 'cross']);
    const { source: own, ...masks } = given;
    return this.decoder.forward(target, this.encoder.forward(source, own), masks);
  }
}

import { add } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dropout, LayerNorm, Linear, Module, MultiheadAttention } from '@gai/nn';
import type { MultiheadAttentionMasks } from '@gai/nn';
import { activation } from '../feed-forward/activation.ts';
import type { ActivationName } from '../feed-forward/activation.ts';

/** Options of {@link TransformerEncoderLayer} and {@link TransformerDecoderLayer}. */
export interface TransformerLayerOptions {
  /** Features of inputs and outputs. */
  readonly dModel: number;
  /** Heads of attention; divides `dModel`. */
  readonly nhead: number;
  /** Features between the two maps of the feed-forward part. Default 2048. */
  readonly dimFeedforward?: number | undefined;
  /** Probability of a feature or an attention weight to be dropped in training. Default 0.1. */
  readonly dropout?: number | undefined;
  /** Activation of the feed-forward part. Default `relu`. */
  readonly activation?: ActivationName | undefined;
  /** Added to variances. Default 1e-5. */
  readonly layerNormEps?: number | undefined;
  /** Whether norms stand before each part (pre-norm) and not after it is added (post-norm). Default false. */
  readonly normFirst?: boolean | undefined;
  /** Whether maps and norms have a bias. Default true. */
  readonly bias?: boolean | undefined;
}

/** The names of {@link TransformerLayerOptions}. */
export const LAYER_OPTIONS: readonly (keyof TransformerLayerOptions)[] = [
  'dModel',
  'nhead',
  'dimFeedforward',
  'dropout',
  'activation',
  'layerNormEps',
  'normFirst',
  'bias',
];

/** What both kinds of layers have: attention to the own sequence, a feed-forward part, and what goes around them. */
abstract class TransformerLayer extends Module {
  readonly self_attn: MultiheadAttention;
  readonly linear1: Linear;
  readonly dropout: Dropout;
  readonly linear2: Linear;
  readonly norm1: LayerNorm;
  readonly norm2: LayerNorm;
  readonly normFirst: boolean;
  readonly #act: (x: Tensor) => Tensor;

  constructor(options: TransformerLayerOptions) {
    super();
    const { dModel, dimFeedforward = 2048, dropout = 0.1, bias = true } = options;
    this.self_attn = attentionOf(options);
    this.linear1 = new Linear({ inFeatures: dModel, outFeatures: dimFeedforward, bias });
    this.dropout = new Dropout({ p: dropout });
    this.linear2 = new Linear({ inFeatures: dimFeedforward, outFeatures: dModel, bias });
    this.norm1 = normOf(options);
    this.norm2 = normOf(options);
    this.normFirst = options.normFirst ?? false;
    this.#act = activation(options.activation ?? 'relu');
  }

  /** `x + part(norm(x))` with `normFirst`, else `norm(x + part(x))`. */
  protected around(x: Tensor, norm: LayerNorm, part: (x: Tensor) => Tensor): Tensor {
    const through = (input: Tensor): Tensor => this.dropout.forward(part(input));
    return this.normFirst ? add(x, through(norm.forward(x))) : norm.forward(add(x, through(x)));
  }

  protected attend(x: Tensor, masks: MultiheadAttentionMasks): Tensor {
    return this.around(x, this.norm1, (input) => this.self_attn.forward(input, input, input, masks));
  }

  protected feedForward(x: Tensor, norm: LayerNorm): Tensor {
    return this.around(x, norm, (input) =>
      this.linear2.forward(this.dropout.forward(this.#act(this.linear1.forward(input)))),
    );
  }
}

/**
 * A layer of an encoder: attention to the own sequence and a feed-forward part, each with what goes around it and a norm, after it
 * (post-norm, as in the paper) or before it (pre-norm).
 *
 * **Differs from PyTorch**: the batch axis comes first, and true in a bool `mask` means attend.
 *
 * State, under PyTorch's names: `self_attn.in_proj_weight`, `self_attn.in_proj_bias`, `self_attn.out_proj.*`, `linear1.*`, `linear2.*`,
 * `norm1.*`, `norm2.*`.
 * @throws {@link ArgumentError} if `nhead` does not divide `dModel`.
 * @example
 * const layer = new TransformerEncoderLayer({ dModel: 8, nhead: 2, dimFeedforward: 16 }).eval();
 * layer.forward(tensor(new Float32Array(24), { shape: [1, 3, 8] })).shape; // => [1, 3, 8]
 * @see Vaswani et al. 2017, section 3.1, https://arxiv.org/abs/1706.03762
 * @category Layers
 */
export class TransformerEncoderLayer extends TransformerLayer {
  constructor(options: TransformerLayerOptions) {
    checkOptionNames('TransformerEncoderLayer', options, LAYER_OPTIONS);
    super(options);
  }

  /** `[batch, time, dModel]` → the same shape. */
  forward(x: Tensor, masks: MultiheadAttentionMasks = {}): Tensor {
    return this.feedForward(this.attend(x, masks), this.norm2);
  }
}

/** Who may attend to whom in a layer of a decoder. */
export interface DecoderMasks {
  /** Among its own tokens. Usually `{ isCausal: true }`. Default: everyone to everyone, as in PyTorch. */
  readonly self?: MultiheadAttentionMasks | undefined;
  /** From its tokens to the encoder's. Default: everyone to everyone. */
  readonly cross?: MultiheadAttentionMasks | undefined;
}

/**
 * A layer of a decoder: as {@link TransformerEncoderLayer}, with attention to an encoder's output in between.
 *
 * **Differs from PyTorch**: the batch axis comes first, and true in a bool `mask` means attend.
 *
 * State, under PyTorch's names: that of the encoder's layer, `multihead_attn.*` and `norm3.*`.
 * @throws {@link ArgumentError} if `nhead` does not divide `dModel`.
 * @example
 * const layer = new TransformerDecoderLayer({ dModel: 8, nhead: 2, dimFeedforward: 16 }).eval();
 * const [x, memory] = [tensor(new Float32Array(16), { shape: [1, 2, 8] }), tensor(new Float32Array(24), { shape: [1, 3, 8] })];
 * layer.forward(x, memory, { self: { isCausal: true } }).shape; // => [1, 2, 8]
 * @see Vaswani et al. 2017, section 3.1, https://arxiv.org/abs/1706.03762
 * @category Layers
 */
export class TransformerDecoderLayer extends TransformerLayer {
  readonly multihead_attn: MultiheadAttention;
  readonly norm3: LayerNorm;

  constructor(options: TransformerLayerOptions) {
    checkOptionNames('TransformerDecoderLayer', options, LAYER_OPTIONS);
    super(options);
    this.multihead_attn = attentionOf(options);
    this.norm3 = normOf(options);
  }

  /** `[batch, time, dModel]` and the encoder's `[batch, sourceTime, dModel]` → the shape of the former. */
  forward(x: Tensor, memory: Tensor, masks: DecoderMasks = {}): Tensor {
    checkOptionNames('TransformerDecoderLayer.forward', masks, ['self', 'cross']);
    const { self = {}, cross = {} } = masks;
    const own = this.attend(x, self);
    const crossed = this.around(own, this.norm2, (input) => this.multihead_attn.forward(input, memory, memory, cross));
    return this.feedForward(crossed, this.norm3);
  }
}

const attentionOf = ({ dModel, nhead, dropout = 0.1, bias }: TransformerLayerOptions): MultiheadAttention =>
  new MultiheadAttention({ embedDim: dModel, numHeads: nhead, dropout, bias, batchFirst: true });

const normOf = ({ dModel, layerNormEps, bias }: TransformerLayerOptions): LayerNorm =>
  new LayerNorm({ normalizedShape: dModel, eps: layerNormEps, bias });

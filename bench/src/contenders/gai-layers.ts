import { add, gelu, mean, reshape, scaledDotProductAttention, split, swapAxes } from '@gai/core';
import type { Tensor } from '@gai/core';
import {
  BatchNorm2d,
  Conv2d,
  Embedding,
  Flatten,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from '@gai/nn';
import type { Layer } from '@gai/nn';
import type { AttentionSpec, EmbeddingSpec, LayerSpec, ResidualSpec } from '../models/model.ts';

/** The module of one layer. */
export function build(spec: LayerSpec): Layer {
  switch (spec.kind) {
    case 'linear':
      return new Linear({ inFeatures: spec.inputs, outFeatures: spec.outputs, bias: spec.bias });
    case 'conv': {
      const { inputs: inChannels, outputs: outChannels, kernel: kernelSize, padding, stride, groups, bias } = spec;
      return new Conv2d({ inChannels, outChannels, kernelSize, padding, stride, groups, bias });
    }
    case 'batchNorm':
      return new BatchNorm2d({ numFeatures: spec.size });
    case 'layerNorm':
      return new LayerNorm({ normalizedShape: spec.size });
    case 'maxPool':
      return new MaxPool2d({ kernelSize: spec.size });
    case 'globalAvgPool':
      return (x) => mean(x, { axis: [2, 3] });
    case 'relu':
      return new ReLU();
    case 'gelu':
      return (x) => gelu(x, { approximate: 'tanh' });
    case 'flatten':
      return new Flatten();
    case 'embedding':
      return new TokenEmbedding(spec);
    case 'attention':
      return new CausalAttention(spec);
    case 'residual':
      return new Residual(spec);
  }
}

class TokenEmbedding extends Module {
  readonly tokens: Embedding;
  readonly positions: Embedding;

  constructor({ vocabulary, length, width }: EmbeddingSpec) {
    super();
    this.tokens = new Embedding({ numEmbeddings: vocabulary, embeddingDim: width });
    this.positions = new Embedding({ numEmbeddings: length, embeddingDim: width });
  }

  /** `[B, T]` → `[B, T, C]`. */
  forward(tokens: Tensor): Tensor {
    return add(this.tokens.forward(tokens), this.positions.weight);
  }
}

class CausalAttention extends Module {
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly #width: number;
  readonly #heads: number;

  constructor({ width, heads }: AttentionSpec) {
    super();
    this.qkv = new Linear({ inFeatures: width, outFeatures: 3 * width });
    this.proj = new Linear({ inFeatures: width, outFeatures: width });
    this.#width = width;
    this.#heads = heads;
  }

  /** `[B, T, C]` → `[B, T, C]`. */
  forward(x: Tensor): Tensor {
    const [batch, time] = x.shape;
    const size = this.#width / this.#heads;
    const heads = (part: Tensor): Tensor => swapAxes(reshape(part, [batch!, time!, this.#heads, size]), 1, 2);
    const [q, k, v] = split(this.qkv.forward(x), 3, { axis: -1 }).map(heads) as [Tensor, Tensor, Tensor]; // [B, H, T, D]
    const mixed = scaledDotProductAttention(q, k, v, { isCausal: true });
    return this.proj.forward(reshape(swapAxes(mixed, 1, 2), [batch!, time!, this.#width]));
  }
}

class Residual extends Module {
  readonly body: Sequential;
  readonly shortcut: Sequential | null;

  constructor({ body, shortcut }: ResidualSpec) {
    super();
    this.body = new Sequential(...body.map(build));
    this.shortcut = shortcut === undefined ? null : new Sequential(...shortcut.map(build));
  }

  forward(x: Tensor): Tensor {
    return add(this.body.forward(x), this.shortcut === null ? x : this.shortcut.forward(x));
  }
}

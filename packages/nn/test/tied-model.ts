import type { Tensor } from '@gai/core';
import { Embedding, Linear, Module } from '../src/index.ts';

/** An output layer that is the embedding, under a name of its own. */
export class Tied extends Module {
  readonly embed = new Embedding({ numEmbeddings: 3, embeddingDim: 2 });
  readonly head = new Linear({ inFeatures: 2, outFeatures: 3, bias: false });
  constructor() {
    super();
    this.head.replace('weight', this.embed.weight);
  }
  forward(ids: Tensor): Tensor {
    return this.head.forward(this.embed.forward(ids));
  }
}

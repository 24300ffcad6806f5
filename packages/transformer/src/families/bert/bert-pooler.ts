import { tanh } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Module } from '@gai/nn';
import type { Linear } from '@gai/nn';
import { linear } from '../../layers/initial.ts';
import { firstToken } from '../../models/first-token.ts';
import type { BertConfig } from './config.ts';

/** `tanh(h₀ Wᵀ + b)` of the first token's hidden state: `[batch, time, hiddenSize]` → `[batch, hiddenSize]`. */
export class BertPooler extends Module {
  readonly dense: Linear;

  constructor({ hiddenSize, initializerRange: std }: Pick<BertConfig, 'hiddenSize' | 'initializerRange'>) {
    super();
    this.dense = linear(hiddenSize, hiddenSize, { std });
  }

  forward(hidden: Tensor): Tensor {
    return tanh(this.dense.forward(firstToken(hidden)));
  }
}

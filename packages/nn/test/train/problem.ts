import { relu, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { dataset } from '@gai/data';
import { BatchNorm1d, Dropout, Linear, Module, manualSeed } from '../../src/index.ts';

/** A network with everything that has state: weights, running statistics, random numbers. */
export class Net extends Module {
  readonly fc1 = new Linear({ inFeatures: 4, outFeatures: 8 });
  readonly bn = new BatchNorm1d({ numFeatures: 8 });
  readonly drop = new Dropout({ p: 0.25 });
  readonly fc2 = new Linear({ inFeatures: 8, outFeatures: 3 });
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.drop.forward(relu(this.bn.forward(this.fc1.forward(x)))));
  }
}

/** The same network every time. */
export function newNet(seed = 1): Net {
  manualSeed(seed);
  return new Net();
}

/** Points in three classes that a straight line cannot part, always the same. */
export function points(size = 70) {
  const values = Float32Array.from({ length: size * 4 }, (_, i) => Math.sin(i * 12.9898) * 2);
  const labels = Int32Array.from({ length: size }, (_, i) => {
    const [a = 0, b = 0] = values.subarray(i * 4, i * 4 + 2);
    return a * b > 0.3 ? 0 : a > 0 ? 1 : 2;
  });
  return dataset({ x: { data: values, shape: [size, 4] }, y: labels });
}

/** One fixed batch. */
export function batch(size = 16): { x: Tensor; y: Tensor } {
  const { x, y } = points(size).gather();
  return { x: tensor(x.data, { shape: x.shape }), y: tensor(y.data) };
}

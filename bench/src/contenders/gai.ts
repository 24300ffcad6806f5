import { item, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, adam, crossEntropy, trainStep } from '@gai/nn';
import type { Layer } from '@gai/nn';
import type { LayerSpec } from '../models/model.ts';
import { ADAM } from './contender.ts';
import type { Contender } from './contender.ts';

interface Batch {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** The module of one layer. */
export function build(spec: LayerSpec): Layer {
  switch (spec.kind) {
    case 'linear':
      return new Linear({ inFeatures: spec.inputs, outFeatures: spec.outputs });
    case 'conv':
      return new Conv2d({
        inChannels: spec.inputs,
        outChannels: spec.outputs,
        kernelSize: spec.kernel,
        padding: spec.padding,
      });
    case 'maxPool':
      return new MaxPool2d({ kernelSize: spec.size });
    case 'relu':
      return new ReLU();
    case 'flatten':
      return new Flatten();
  }
}

/** Ours, with as many threads as the backend has. */
export function gai(backend: Backend): Contender {
  return {
    name: 'gai',
    supports: () => true,
    async prepare({ layers }, weights) {
      setDefaultBackend(backend);
      const model = new Sequential(...layers.map(build));
      const state = [...weights].map(([name, { data, shape }]) => [name, tensor(data.slice(), { shape })] as const);
      model.loadStateDict(Object.fromEntries(state));
      const step = trainStep({ models: { model }, optimizers: { model: adam(ADAM) } }, (parts, { x, y }: Batch) => ({
        losses: { model: crossEntropy(parts.model.forward(x), y) },
      }));
      return {
        async step({ x, y }) {
          setDefaultBackend(backend);
          const { losses } = await step({ x: tensor(x.data, { shape: x.shape }), y: tensor(y) });
          return item(losses.model);
        },
      };
    },
  };
}

import { data, evaluate, item, relu, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { key, normal, uniform } from '@gai/core/random';
import { Linear, Module, adamW, crossEntropy, manualSeed, trainStep } from '@gai/nn';

class Net extends Module {
  hidden = new Linear({ inFeatures: 4, outFeatures: 16 });
  out = new Linear({ inFeatures: 16, outFeatures: 3 });

  forward(x: Tensor): Tensor {
    return this.out.forward(relu(this.hidden.forward(x)));
  }
}

/** Losses of a small network over some steps of AdamW, on the default backend. */
export async function losses(steps: number): Promise<number[]> {
  manualSeed(3);
  const step = trainStep(
    { models: { model: new Net() }, optimizers: { model: adamW({ learningRate: 0.02 }) } },
    ({ model }, { x, y }: { x: Tensor; y: Tensor }) => ({ losses: { model: crossEntropy(model.forward(x), y) } }),
  );
  const x = normal(key(1), [32, 4]);
  await evaluate(x);
  const y = tensor(Int32Array.from({ length: 32 }, (_, index) => index % 3));
  const seen: number[] = [];
  for (let done = 0; done < steps; done++) seen.push(await item((await step({ x, y })).losses.model));
  return seen;
}

/** Random numbers as their bits, on the default backend. */
export async function randomBits(): Promise<number[]> {
  const numbers = (await data(uniform(key(7), [100]))) as Float32Array;
  return [...new Uint32Array(numbers.slice().buffer)];
}

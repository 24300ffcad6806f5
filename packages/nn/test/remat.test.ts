import { add, grad, item, mul, printGraph, setDefaultBackend, spec, square, sum, tensor, trace } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Dropout, GELU, Linear, Module, Sequential, adamW, manualSeed, mse, remat, trainStep } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

class Block extends Module {
  readonly up = new Linear({ inFeatures: 4, outFeatures: 16 });
  readonly dropout = new Dropout({ p: 0.3 });
  readonly down = new Linear({ inFeatures: 16, outFeatures: 4 });
  readonly gelu = new GELU();

  forward(x: Tensor, { scale }: { readonly scale: number }): Tensor {
    return add(x, mul(this.down.forward(this.dropout.forward(this.gelu.forward(this.up.forward(x)))), scale));
  }
}

class Deep extends Module {
  readonly blocks = Array.from({ length: 3 }, () => new Block());

  forward(x: Tensor): Tensor {
    return this.blocks.reduce((hidden, block) => block.forward(hidden, { scale: 1 }), x);
  }
}

const made = (): Deep => {
  manualSeed(3);
  return new Deep();
};
const batch = {
  x: tensor([
    [1, 2, 3, 4],
    [0.5, -1, 2, 0],
  ]),
  y: tensor([
    [1, 0, 0, 1],
    [0, 1, 1, 0],
  ]),
};

async function losses(model: Deep, steps: number, before?: (step: number) => void): Promise<number[]> {
  const step = trainStep(
    { models: { model }, optimizers: { model: adamW({ learningRate: 0.01 }) } },
    ({ model: deep }, { x, y }: typeof batch) => ({ losses: { model: mse(deep.forward(x), y) } }),
    { seed: 7 },
  );
  const found: number[] = [];
  for (let count = 0; count < steps; count += 1) {
    before?.(count);
    const { losses: all } = await step(batch);
    found.push(await item(all.model));
  }
  return found;
}

/** How often the gradient of a model computes an op. */
function timesOf(op: string, model: Deep): number {
  const graph = trace((x: Tensor) => grad((given: Tensor) => sum(square(model.forward(given))))(x), [spec([2, 4])]);
  return printGraph(graph).split(`${op}(`).length - 1;
}

describe('remat', () => {
  it('gives the same losses, what Dropout drops too', async () => {
    const again = made();
    remat(again.blocks);
    const expected = await losses(made(), 5);
    for (const [step, loss] of (await losses(again, 5)).entries()) expect(loss).toBeCloseTo(expected[step]!, 6);
  });

  it('computes the layers once more for the gradient while they train, and only then', () => {
    const model = made();
    const dropsNothing = (): void => model.blocks.forEach(({ dropout }) => void dropout.eval());
    dropsNothing();
    const once = timesOf('linear', model);
    remat(model.blocks);
    expect(timesOf('linear', model)).toBe(once + model.blocks.length); // Nothing needs the second product of a block.
    remat(model.blocks); // Twice is once.
    expect(timesOf('linear', model)).toBe(once + model.blocks.length);
    model.eval();
    expect(timesOf('linear', model)).toBe(once);
    model.train();
    dropsNothing();
    remat(model.blocks, false);
    expect(timesOf('linear', model)).toBe(once);
  });

  it('may be asked for between two steps', async () => {
    const model = made();
    const found = await losses(model, 4, (step) => remat(model.blocks, step % 2 === 1));
    const expected = await losses(made(), 4);
    for (const [step, loss] of found.entries()) expect(loss).toBeCloseTo(expected[step]!, 6);
  });

  it('is no field of the model', () => {
    const model = made();
    const before = [Object.keys(model.blocks[0]!), Object.keys(model.stateDict()), String(model)];
    remat(model.blocks);
    expect([Object.keys(model.blocks[0]!), Object.keys(model.stateDict()), String(model)]).toEqual(before);
  });

  it('refuses what is no module', () => {
    expect(() => remat(made() as never)).toThrow('remat: this is no list of modules. Got a Deep; expected its layers');
    expect(() => remat('blocks' as never)).toThrow('Got "blocks"');
    const model = new Sequential(new Linear({ inFeatures: 2, outFeatures: 2 }));
    expect(() => remat([model, 'layers'] as never)).toThrow('remat: this is no module. Got "layers"');
  });
});

import * as core from '@gai/core';
import * as backend from '@gai/core/backend';
import * as io from '@gai/core/io';
import * as ops from '@gai/core/ops';
import * as random from '@gai/core/random';
import { data, explain, item, jit, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import * as first from '../src/index.ts';

type Package = typeof first;

/** Another installed copy of this package, with the same core or with one of its own. */
async function otherCopy(core: Readonly<Record<string, object>>): Promise<Package> {
  vi.resetModules();
  for (const [name, door] of Object.entries(core)) vi.doMock(name, () => door);
  const copy: Package = await import('../src/index.ts');
  for (const name of Object.keys(core)) vi.doUnmock(name);
  return copy;
}

const CORE = {
  '@gai/core': core,
  '@gai/core/backend': backend,
  '@gai/core/io': io,
  '@gai/core/ops': ops,
  '@gai/core/random': random,
};

let second: Package;
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  second = await otherCopy(CORE);
});

const batch = { x: tensor([[1, 2], [3, 4], [5, 6]]), y: tensor([0, 1, -100], { dtype: 'int32' }) }; // prettier-ignore
const LINEAR = { inFeatures: 2, outFeatures: 2 };

/** A model of the first copy with a layer of `from`. */
function modelOf(from: Package): first.Sequential {
  first.manualSeed(3);
  return new first.Sequential(
    new first.Linear(LINEAR),
    new from.Linear(LINEAR),
    new from.BatchNorm1d({ numFeatures: 2 }),
    new from.Dropout({ p: 0.5 }),
  );
}

describe('modules of another installed copy', () => {
  it('is what it says', () => {
    expect(second.Linear).not.toBe(first.Linear);
    expect(new second.Linear(LINEAR) instanceof first.Module).toBe(false);
  });

  it('are walked, saved, loaded, moved and replaced', async () => {
    const [own, mixed] = [modelOf(first), modelOf(second)];
    expect(Object.keys(mixed.stateDict())).toEqual(Object.keys(own.stateDict()));
    expect(mixed.namedBuffers().size).toBe(3);
    const { rows, parameters } = first.summary(mixed, spec([3, 2]));
    expect([rows.map(({ type }) => type), parameters]).toEqual([['Linear', 'Linear', 'BatchNorm1d', 'Dropout'], 16]);
    mixed.loadStateDict({ ...own.stateDict(), '1.bias': tensor([7, 8]) });
    expect([...(await data(mixed.namedParameters().get('1.bias')!))]).toEqual([7, 8]);
    expect(
      mixed
        .to('float64')
        .parameters()
        .map(({ dtype }) => dtype),
    ).toEqual(Array(6).fill('float64'));
    mixed.replace('0', new second.Linear(LINEAR));
    expect(mixed.layers[0] instanceof second.Linear).toBe(true);
    const { bias } = mixed.layers[1] as first.Linear;
    expect(mixed.replace('1.bias', null)).toBe(bias);
    expect(() => ((mixed.layers[1] as unknown as Record<string, unknown>)['weight'] = null)).toThrow('would be lost');
    expect(() => mixed.replace('1.weight', new second.Parameter(tensor([1])))).toThrow('has another shape');
  });

  it('can stand in every kind of list', () => {
    const weight = new second.Parameter(tensor([1]));
    const layer = new second.Linear(LINEAR);
    expect(new first.ParameterList([weight]).parameters()).toEqual([weight]);
    expect(new first.ModuleList([layer]).parameters()).toHaveLength(2);
    expect(new first.ModuleDict({ layer }).parameters()).toHaveLength(2);
    class Bag extends first.Module {
      parts = [{ layer, weight }];
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect([...new Bag().namedParameters().keys()]).toEqual([
      'parts.0.weight',
      'parts.0.layer.weight',
      'parts.0.layer.bias',
    ]);
  });

  it('change their mode with the model, and give it back', () => {
    const model = modelOf(second);
    const restore = model.saveModes();
    model.eval();
    expect(model.layers.map((layer) => (layer as first.Module).training)).toEqual([false, false, false, false]);
    restore();
    expect((model.layers[2] as first.Module).training).toBe(true);
  });

  it('train to the same bits, with random numbers, running statistics and losses counted by token', async () => {
    const weights: number[][] = [];
    for (const from of [first, second]) {
      const model = modelOf(from);
      const setup = { models: { model }, optimizers: { model: from.adam() } };
      const compute = ({ model: net }: { model: first.Sequential }, { x, y }: typeof batch) => ({
        losses: { model: from.crossEntropy(net.forward(x) as Tensor, y) },
      });
      const step = first.trainStep(setup, compute, { accumulate: 1 });
      for (let index = 0; index < 3; index++) await step(batch);
      weights.push(
        (await Promise.all(model.parameters().map((one) => data(one)))).flatMap((one) => [...one].map(Number)),
      );
    }
    expect(weights[1]).toEqual(weights[0]);
  });

  it('count losses of theirs by token where a batch is gone through in parts', async () => {
    const losses: number[] = [];
    for (const accumulate of [1, 3]) {
      const model = new second.Linear({ ...LINEAR, weightInit: second.init.ones(), biasInit: second.init.zeros() });
      const compute = ({ model: net }: { model: typeof model }, { x, y }: typeof batch) => ({
        losses: { model: second.crossEntropy(net.forward(x), y) },
      });
      const step = first.trainStep({ models: { model }, optimizers: { model: first.sgd() } }, compute, { accumulate });
      losses.push(await item((await step(batch)).losses.model));
    }
    expect(losses[1]).toBeCloseTo(losses[0]!, 6);
  });

  it('are compiled anew when a field changes, and tapped', async () => {
    const model = modelOf(second).eval();
    const run = jit((x: Tensor) => model.forward(x));
    await run(batch.x);
    Object.assign(model.layers[1]!, { weight: new second.Parameter(tensor([[0, 0], [0, 0]])) }); // prettier-ignore
    await run(batch.x);
    expect(explain(run).compiles).toBe(2);
    const { taps } = first.tap(model, ['1'], () => model.forward(batch.x));
    expect(taps['1']!.shape).toEqual([3, 2]);
  });

  it('are quantised like their own', async () => {
    const model = new first.Sequential(new second.Linear({ inFeatures: 32, outFeatures: 2 }));
    expect((await first.quantize(model)).replaced).toEqual(['0']);
    class Own extends second.Linear {}
    await expect(first.quantize(new first.Sequential(new Own(LINEAR)))).rejects.toThrow('no layer to replace');
  });
});

it('modules made with another copy of core are refused by name', async () => {
  const stranger = await otherCopy({});
  const layer = new stranger.Linear(LINEAR);
  expect(() => new first.Sequential(layer)).toThrowErrorMatchingInlineSnapshot(
    `[GraphError: Module: two copies of @gai/core are installed. Got a Linear made with another copy than this one; expected one copy for all that is computed together. Run npm dedupe.]`,
  );
  await expect(first.fit(layer, { train: [batch], loss: first.crossEntropy })).rejects.toThrow('Run npm dedupe');
});

import { nodeBackend } from '@gai/backend-node';
import { data, dispose, getDefaultBackend, item, setDefaultBackend } from '@gai/core';
import type { DeviceBuffer } from '@gai/core/backend';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { adamW, crossEntropy, trainStep } from '../../src/index.ts';
import type { TrainStepOptions } from '../../src/index.ts';
import { batch, newNet } from './problem.ts';

type Net = ReturnType<typeof newNet>;

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

afterEach(() => void vi.restoreAllMocks());

/** Watches what the backend has: sessions that were not freed, and results of runs that were not. */
function watch(): { sessions: () => number; buffers: () => number } {
  const backend = getDefaultBackend();
  const load = backend.load.bind(backend);
  const made: DeviceBuffer[] = [];
  let sessions = 0;
  vi.spyOn(backend, 'load').mockImplementation(async (model, options) => {
    const session = await load(model, options);
    const [run, release] = [session.run.bind(session), session.release.bind(session)];
    sessions += 1;
    session.run = async (...args) => {
      const results = await run(...args);
      made.push(...results);
      return results;
    };
    session.release = () => ((sessions -= 1), release());
    return session;
  });
  return { sessions: () => sessions, buffers: () => made.filter(({ disposed }) => !disposed).length };
}

const stepOf = (model: Net, options: TrainStepOptions = {}) =>
  trainStep(
    { models: { model }, optimizers: { model: adamW() } },
    (models, { x, y }: ReturnType<typeof batch>) => ({ losses: { model: crossEntropy(models.model.forward(x), y) } }),
    options,
  );

describe('trainStep.dispose', () => {
  it.each<TrainStepOptions>([{}, { accumulate: 2 }])(
    'frees graphs and optimizer state, and with the model everything: %o',
    async (options) => {
      const model = newNet();
      await data(model.parameters()[0]!);
      const has = watch();
      const step = stepOf(model, options);
      const results = [await step(batch(16)), await step(batch(6))];
      if (options.accumulate === undefined) results.push(await step.many([batch(16), batch(16)]));
      expect(has.sessions()).toBeGreaterThan(0);
      await step.dispose();
      await step.dispose();
      expect(has.sessions()).toBe(0);
      const weights = model.parameters().length + model.buffers().length;
      expect(has.buffers()).toBe(weights + results.length * 2); // Each result is a loss and a norm.
      expect((await data(model.parameters()[0]!)).every(Number.isFinite)).toBe(true);
      for (const result of results) dispose(result);
      dispose(model.stateDict());
      expect(has.buffers()).toBe(0);
    },
  );

  it('waits for the steps asked for so far, and refuses later ones', async () => {
    const model = newNet();
    const step = stepOf(model);
    const asked = [step(batch(16)), step.many([batch(16), batch(16)])];
    const ended = step.dispose();
    await expect(step(batch(16))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trainStep: the step was disposed. Got a call after dispose(); expected it before. Make another one with trainStep(...).]`,
    );
    await expect(step.many([batch(16)])).rejects.toThrow('the step was disposed');
    expect(() => step.state()).toThrow('the step was disposed');
    for (const { losses } of await Promise.all(asked))
      expect((await data(losses.model)).every(Number.isFinite)).toBe(true);
    await ended;
    expect(step.step).toBe(3);
  });

  it('waits for a look at every op, however often it is asked for', async () => {
    const has = watch();
    const step = stepOf(newNet());
    await step(batch(16));
    const order: string[] = [];
    const look = step.findNonFinite(batch(16)).then((found) => order.push(`found ${found?.op}`));
    // The graph of the look is left to the backend.
    const ended = [1, 2].map(() => step.dispose().then(() => order.push(`${has.sessions()} session`)));
    await Promise.all([look, ...ended]);
    expect(order).toEqual(['found undefined', '1 session', '1 session']);
  });

  it('leaves a saved state, and the steps of others with the same graph', async () => {
    const has = watch();
    const [one, other] = [stepOf(newNet()), stepOf(newNet())];
    await one(batch(16));
    const loss = await item((await other(batch(16))).losses.model);
    const saved = one.state();
    const before = has.sessions();
    await one.dispose();
    expect(has.sessions()).toBe(before); // The graph is the other's too.
    for (const tensor of Object.values(saved.tensors)) await data(tensor);
    other.load(saved);
    expect(await item((await other(batch(16))).losses.model)).toBeLessThan(loss);
    await other.dispose();
    expect(has.sessions()).toBe(0);
  });
});

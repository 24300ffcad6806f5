import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { add, data, log, max, setDefaultBackend, sub } from '@gai/core';
import type { Tensor } from '@gai/core';
import { dataset } from '@gai/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adamW, checkpoint, cosineSchedule, crossEntropy, fit, manualSeed, replay } from '../../src/index.ts';
import type { Callback, FitContext, FitOptions } from '../../src/index.ts';
import { Net, newNet, points } from './problem.ts';

let folder = '';
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  folder = await mkdtemp(join(tmpdir(), 'gai-replay-'));
});
afterAll(() => rm(folder, { recursive: true }));

const options = (callbacks: Callback[] = []): FitOptions => ({
  train: points(),
  validation: points(30),
  loss: crossEntropy,
  optimizer: adamW({ learningRate: cosineSchedule({ initial: 0.05, steps: 20 }) }),
  epochs: 4, // of 5 steps
  batchSize: 16,
  seed: 3,
  callbacks,
});

async function weightsOf(model: Net): Promise<Record<string, number[]>> {
  const entries = Object.entries(model.stateDict());
  return Object.fromEntries(
    await Promise.all(entries.map(async ([name, value]) => [name, Array.from(await data(value), Number)] as const)),
  );
}

/** The weights and the loss after each of some steps of one run, which leaves a checkpoint of step 8. */
async function original(steps: readonly number[], out: string) {
  const seen = new Map<number, { weights: Record<string, number[]>; loss: number }>();
  const model = newNet();
  const look: Callback = {
    name: 'look',
    onStepEnd: async ({ step }, { loss }) => {
      if (steps.includes(step)) seen.set(step, { weights: await weightsOf(model), loss });
    },
  };
  const saved = checkpoint(out, { everySteps: 1 });
  const until8: Callback = {
    name: 'until 8',
    onStepEnd: async (context: FitContext, logs) => {
      if (context.step <= 8) await saved.onStepEnd!(context, logs);
    },
  };
  await fit(model, options([look, until8]));
  return seen;
}

/** The same network with a line that takes the logarithm of 0 for one row. */
class Logging extends Net {
  override forward(x: Tensor): Tensor {
    const room = sub(1000, max(x, { axis: 1, keepDims: true }));
    return add(super.forward(x), log(room)); // bad
  }
}

const newLogging = (): Logging => {
  manualSeed(1);
  return new Logging();
};

describe('replay', () => {
  it('makes any step again bit for bit, from the checkpoint before it or from the beginning', async () => {
    const steps = [1, 5, 9, 13];
    const run = await original(steps, folder);
    const before = await readFile(join(folder, 'last.safetensors'));
    for (const step of steps) {
      const model = newNet();
      // Its checkpoint would be written over that of the run.
      const again = await replay(model, options([checkpoint(folder)]), { step, from: folder });
      expect(again).toMatchObject({ step, from: step > 8 ? 8 : 0, nonFinite: undefined, error: undefined });
      expect(again.loss).toBe(run.get(step)!.loss);
      expect(await weightsOf(model), `step ${step}`).toEqual(run.get(step)!.weights);
      expect(again.checkpoint.step).toBe(step);
    }
    expect(await readFile(join(folder, 'last.safetensors'))).toEqual(before);
    const file = await replay(newNet(), options(), { step: 9, from: join(folder, 'last.safetensors') });
    expect([file.from, file.loss]).toEqual([8, run.get(9)!.loss]);
  }, 120_000);

  it('names the op and the line of the first number that is not finite', async () => {
    const { x, y } = points().gather();
    const values = Float32Array.from(x.data as Float32Array);
    values[4 * 40] = 1000;
    const train = dataset({ x: { data: values, shape: [70, 4] }, y: y.data as Int32Array });
    const out = join(folder, 'bad');
    const failed = await fit(newLogging(), { ...options([checkpoint(out)]), train }).catch((error: unknown) => error);
    const { step } = (failed as { details: { step: number } }).details;
    expect(step).toBeGreaterThan(1);
    const line =
      (await readFile(import.meta.filename, 'utf8')).split('\n').findIndex((one) => one.endsWith('// bad')) + 1;
    for (const from of [out, undefined]) {
      const model = newLogging();
      const { nonFinite, error, ...again } = await replay(model, { ...options(), train }, { step, from });
      expect(again.from).toBe(from === undefined ? 0 : step - 1);
      expect(error?.message).toBe((failed as Error).message);
      expect(nonFinite).toMatchObject({ op: 'log', isGradient: false, count: 1, value: -Infinity });
      expect(nonFinite!.line).toContain(`replay.test.ts:${line}`);
      expect(nonFinite!.operands[0]!.min).toBe(0);
      // The weights are those of the step before.
      expect(again.checkpoint.step).toBe(step - 1);
    }
  }, 120_000);

  it('begins where a run began that itself went on from a checkpoint', async () => {
    const slow = { ...options(), optimizer: adamW({ learningRate: 0.001 }) };
    const { checkpoint: resume } = await replay(newNet(), slow, { step: 2 });
    const seen: number[] = [];
    const look: Callback = { name: 'look', onStepEnd: (_, { loss }) => void seen.push(loss) };
    await fit(newNet(), { ...options([look]), resume });
    const again = await replay(newNet(), { ...options(), resume }, { step: 4 });
    expect([again.from, again.loss]).toEqual([2, seen[1]]);
    await expect(replay(newNet(), { ...options(), resume }, { step: 2 })).rejects.toThrow(
      'replay: the checkpoint comes after the step. Got one of step 2 for step 2;',
    );
  });

  it('refuses steps that the run has not, and checkpoints that come later', async () => {
    await expect(replay(newNet(), options(), { step: 21 })).rejects.toThrow(
      'replay: the run has no such step. Got step 21; expected at most 20, which is where the run ends.',
    );
    const { checkpoint: third } = await replay(newNet(), options(), { step: 3 });
    await expect(replay(newNet(), options(), { step: 3, from: third })).rejects.toThrow(
      'replay: the checkpoint comes after the step. Got one of step 3 for step 3; expected one of step 2 or before.',
    );
    await expect(replay(newNet(), options(), { step: 0 })).rejects.toThrow('replay: step is not a count. Got 0');
    await expect(replay(newNet(), options(), { step: 3, from: 'runs/nowhere' })).rejects.toThrow(
      "replay: the folder is empty or not there. Got from 'runs/nowhere'; expected a folder of checkpoints.",
    );
  });
});

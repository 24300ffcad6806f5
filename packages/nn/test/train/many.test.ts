import { nodeBackend } from '@gai/backend-node';
import { data, debugPrint, mean, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamW, chain, clipByGlobalNorm, crossEntropy, fit, mse, sgd, Linear, trainStep } from '../../src/index.ts';
import type { Callback, FitOptions, TrainStepOptions } from '../../src/index.ts';
import { StackMemory } from '../../src/train/stack-memory.ts';
import { batch, newNet, points } from './problem.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

type Points = ReturnType<typeof batch>;

function make(options: TrainStepOptions = {}) {
  const model = newNet();
  const optimizer = chain(clipByGlobalNorm(1), adamW({ learningRate: 0.02 }));
  const step = trainStep(
    { models: { model }, optimizers: { model: optimizer } },
    (models, { x, y }: Points) => ({ losses: { model: crossEntropy(models.model.forward(x), y) } }),
    { seed: 3, ...options },
  );
  return { model, step };
}

const sizes = [16, 16, 16, 7, 7, 2];

async function stateOf({ step }: ReturnType<typeof make>): Promise<Record<string, unknown>> {
  const entries = Object.entries(step.state().tensors);
  return Object.fromEntries(await Promise.all(entries.map(async ([name, value]) => [name, await data(value)])));
}

describe('trainStep.many', () => {
  it('is bitwise what single steps are: weights, statistics, random numbers, losses', async () => {
    const [one, many] = [make(), make()];
    const expected: unknown[] = [];
    for (const size of sizes) expected.push(await toArray((await one.step(batch(size))).losses.model));
    const got: unknown[] = [];
    for (const part of [sizes.slice(0, 3), sizes.slice(3, 5), sizes.slice(5)]) {
      const { losses, gradientNorm } = await many.step.many(part.map((size) => batch(size)));
      expect(gradientNorm.shape).toEqual([part.length]);
      got.push(...((await toArray(losses.model)) as number[]));
    }
    expect(got).toEqual(expected);
    expect(many.step.step).toBe(sizes.length);
    expect(await stateOf(many)).toEqual(await stateOf(one));
  });

  it('uses the memory of its batches again, but never what somebody may still read', async () => {
    const model = new Linear({ inFeatures: 2, outFeatures: 1 });
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd({ learningRate: 0 }) } },
      (models, { x }: { x: Tensor }) => ({ losses: { model: mean(models.model.forward(x)) }, x }),
    );
    const rows = (...values: number[]): { x: Tensor }[] => values.map((value) => ({ x: tensor([[value, 1]]) }));
    const inputs = rows(1, 2);
    const results = [await step.many(inputs), await step.many(rows(3, 4))];
    // One alone, whose memory is the caller's, and then as many as before.
    results.push(await step.many(rows(9)), await step.many(rows(5, 6)));
    const firsts = (await Promise.all(results.map(({ x }) => toArray(x)))) as number[][][][];
    expect(firsts.map((all) => all.map((x) => x[0]![0]))).toEqual([[1, 2], [3, 4], [9], [5, 6]]);
    expect(await toArray(inputs[0]!.x)).toEqual([[1, 1]]);
  });

  it('takes fresh memory after a run that failed, for other sizes, and while another run has it', async () => {
    const memory = new StackMemory();
    const [floats, ints] = [new Float32Array(0), new Int32Array(0)];
    const first = await memory.lend(async (take) => take(floats, 3));
    await memory.lend(async (take) => {
      expect([take(ints, 3), take(floats, 2), take(floats, 3)].indexOf(first)).toBe(2);
      expect(await memory.lend(async (other) => other(floats, 3))).not.toBe(first);
    });
    let failed: unknown;
    const run = memory.lend(async (take) => {
      failed = take(floats, 3);
      throw new Error('no');
    });
    await expect(run).rejects.toThrow('no');
    expect(failed).toBe(first);
    expect(await memory.lend(async (take) => take(floats, 3))).not.toBe(first);
  });

  it('and each pass changes no bit', async () => {
    const plain = make({ passes: { pack: false, share: false, tile: false } });
    for (const size of sizes) await plain.step(batch(size));
    const expected = await stateOf(plain);
    for (const passes of [
      { share: false, tile: false },
      { pack: false, tile: false },
      { pack: false, share: false },
      {},
    ]) {
      const other = make({ passes });
      for (const size of sizes) await other.step(batch(size));
      expect(await stateOf(other)).toEqual(expected);
    }
  });

  it('makes no update if one step is not finite, and names the step', async () => {
    const model = new Linear({ inFeatures: 1, outFeatures: 1 });
    const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x, y }: Points) => ({
      losses: { model: mse(models.model.forward(x), y) },
    }));
    const [good, bad] = [1, NaN].map((value) => ({ x: tensor([[value]]), y: tensor([[1]]) }));
    await step(good!);
    const before = await data(model.weight);
    await expect(step.many([good!, good!, bad!])).rejects.toThrow(
      "the loss 'model' is not finite. Got NaN at step 4; expected a finite number. Nothing was updated: the weights are those of step 1.",
    );
    expect(step.step).toBe(1);
    expect(await data(model.weight)).toEqual(before);
    await expect(step.many([])).rejects.toThrowErrorMatchingInlineSnapshot(
      `[GraphError: trainStep.many: no batch. Got an empty list; expected at least one batch. Collect batches first.]`,
    );
  });

  it('runs steps that print one by one', async () => {
    const model = new Linear({ inFeatures: 1, outFeatures: 1 });
    const printed: string[] = [];
    const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, (models, { x, y }: Points) => ({
      losses: { model: mse(debugPrint(models.model.forward(x), 'y', { print: (line) => printed.push(line) }), y) },
    }));
    const one = { x: tensor([[1]]), y: tensor([[1]]) };
    expect((await step.many([one, one])).losses.model.shape).toEqual([2]);
    expect(printed.length).toBe(2);
  });
});

describe('fit with several steps per run', () => {
  const run = async (stepsPerRun: number | undefined, extra: Partial<FitOptions<Points>> = {}) => {
    const model = newNet();
    const options = { train: points(), loss: crossEntropy, epochs: 2, batchSize: 16, seed: 4, stepsPerRun };
    const { epochs } = await fit(model, { ...options, ...extra } as never);
    const weights = await Promise.all(Object.values(model.stateDict()).map((value: Tensor) => data(value)));
    return { weights, losses: epochs.map(({ loss }) => loss) };
  };

  it('is bitwise the same for any number of them', async () => {
    const expected = await run(1);
    for (const steps of [2, 3, 64, undefined]) expect(await run(steps)).toEqual(expected);
  });

  it('tells callbacks of every step, with the model in step where they want it', async () => {
    const seen: [step: number, weights: number, loss: number][] = [];
    const watch = (everySteps: number | undefined): Callback => ({
      name: 'watch',
      everySteps,
      onStepEnd: async (context, { loss }) => {
        const [weights] = await data(Object.values(context.model.stateDict())[0]!);
        seen.push([context.step, Number(weights), loss]);
      },
    });
    await run(undefined, { callbacks: [watch(undefined)] });
    const expected = seen.splice(0);
    expect(expected.map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    await run(64, { callbacks: [watch(3)] });
    expect(seen.map(([step, , loss]) => [step, loss])).toEqual(expected.map(([step, , loss]) => [step, loss]));
    for (const step of [3, 6, 9]) expect(seen[step - 1]).toEqual(expected[step - 1]);
  });

  it('refuses a checkpoint inside a run of several steps', async () => {
    const greedy: Callback = {
      name: 'greedy',
      everySteps: Infinity,
      onStepEnd: (context) => void context.checkpoint(),
    };
    await expect(run(4, { callbacks: [greedy] })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: fit: no checkpoint can be made of a step inside a run of several. Got step 1 when the weights are those of step 4; expected a callback that says when it needs them. Set everySteps on the callback.]`,
    );
  });
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { cast, data, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  BatchNorm1d,
  Linear,
  Module,
  checkpoint,
  crossEntropy,
  fit,
  loadCheckpoint,
  manualSeed,
  mse,
  saveCheckpoint,
  sgd,
} from '../../src/index.ts';
import type { Callback, Checkpoint, FitContext, FitOptions } from '../../src/index.ts';
import { newNet, points } from './problem.ts';

let folder = '';
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  folder = await mkdtemp(join(tmpdir(), 'gai-safety-'));
});
afterAll(() => rm(folder, { recursive: true }));

class Normed extends Module {
  readonly bn = new BatchNorm1d({ numFeatures: 1 });
  readonly fc = new Linear({ inFeatures: 1, outFeatures: 1 });
  forward(x: Tensor): Tensor {
    return this.fc.forward(this.bn.forward(x));
  }
}

const good = { x: tensor([[1], [2]]), y: tensor([[2], [4]]) };
const large = { x: tensor([[1e30], [-1e30]]), y: tensor([[2], [4]]) };

/** Trains one good epoch, then goes on in a way that explodes; gives the file after each. */
async function explode(name: string, bad: Partial<FitOptions<typeof good>>, options = {}) {
  const out = join(folder, name);
  const path = join(out, 'last.safetensors');
  const train = async (own: Partial<FitOptions<typeof good>>) => {
    manualSeed(1);
    const settings = { train: [good], loss: mse, optimizer: sgd({ learningRate: 0.1 }), epochs: 1 };
    return fit(new Normed(), { ...settings, callbacks: [checkpoint(out, options)], ...own });
  };
  await train({});
  const before = await readFile(path);
  const failed = await train(bad).then(
    () => undefined,
    (error: unknown) => error,
  );
  return { failed, before, after: await readFile(path) };
}

describe('a good checkpoint is never replaced by one that is not finite', () => {
  it.each([
    ['weights', { optimizer: sgd({ learningRate: 3e38 }) }],
    ['a NaN rate', { optimizer: sgd({ learningRate: () => NaN }) }],
    ['running statistics', { train: [large] }],
    ['a NaN input', { train: [{ ...good, x: tensor([[NaN], [1]]) }] }],
  ] as [string, Partial<FitOptions<typeof good>>][])('%s: fit fails by itself', async (name, bad) => {
    const { failed, before, after } = await explode(name, bad);
    expect(failed).toMatchObject({ code: 'GRAPH', details: { nonFinite: true } });
    expect(after.equals(before)).toBe(true);
  });

  it.each([
    ['allowed weights', { optimizer: sgd({ learningRate: 3e38 }) }, 'is not finite. Got '],
    ['allowed statistics', { train: [large] }, "saveCheckpoint: 'model.bn.running_var' is not finite. Got Infinity"],
  ] as [string, Partial<FitOptions<typeof good>>, string][])(
    "%s, with nonFinite: 'allow': saving refuses",
    async (name, bad, message) => {
      const { failed, before, after } = await explode(name, { ...bad, nonFinite: 'allow' });
      expect(failed).toMatchObject({ code: 'DATA', message: expect.stringContaining(message) as string });
      expect(after.equals(before)).toBe(true);
    },
  );

  it("goes on with nonFinite: 'skip', and says so", async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const bad = { train: [large], nonFinite: 'allow' as const, epochs: 2 };
    const { failed, before, after } = await explode('skipped', bad, { nonFinite: 'skip' });
    expect(failed).toBe(undefined);
    expect(after.equals(before)).toBe(true);
    expect(warn.mock.calls.map(([text]) => String(text).slice(0, 52))).toEqual([
      "saveCheckpoint: 'model.bn.running_var' is not finite",
      "saveCheckpoint: 'model.bn.running_var' is not finite",
    ]);
    warn.mockRestore();
  });

  it('in any dtype and in slots', async () => {
    const path = join(folder, 'dtypes.safetensors');
    for (const dtype of ['float16', 'bfloat16', 'float64'] as const) {
      for (const value of [NaN, Infinity, -Infinity]) {
        const tensors = { 'optimizer.m.model.w': cast(tensor([1, value, 2]), dtype) };
        await expect(saveCheckpoint(path, { tensors, step: 3, progress: {} })).rejects.toThrow(
          `'optimizer.m.model.w' is not finite. Got ${value} at element 1 (1 in all) after step 3`,
        );
      }
      const tensors = { w: cast(tensor([65504, -0, 1e-7]), dtype), n: tensor([2 ** 31 - 1], { dtype: 'int32' }) };
      await saveCheckpoint(path, { tensors, step: 3, progress: {} });
    }
  });
});

describe('a resume that fails leaves everything as it was', () => {
  const saved = async (): Promise<Checkpoint> => {
    const out = join(folder, 'resume');
    const stop: Callback = {
      name: 'stop',
      onStepEnd: (context: FitContext) => void (context.step === 7 && context.stop('cut')),
    };
    await run(newNet(), { callbacks: [stop, checkpoint(out)] });
    return loadCheckpoint(join(out, 'last.safetensors'));
  };
  const run = (model: Module, options: object) =>
    fit(model, { train: points(), loss: crossEntropy, epochs: 2, batchSize: 16, ...options });

  it.each([
    ['step −5', { step: -5 }, 'DATA', 'Got step -5'],
    ['half a step', { step: 1.5 }, 'DATA', 'Got step 1.5'],
    ['loader: null', { progress: { loader: null } }, 'ARGUMENT', 'Got loader null; expected a record'],
    [
      'a loader before its beginning',
      { progress: { loader: { epoch: 1, position: -32, seed: 0 } } },
      'ARGUMENT',
      'Got loader.position -32',
    ],
    [
      'a loader without a seed',
      { progress: { loader: { epoch: 1, position: 0 } } },
      'ARGUMENT',
      'Got loader.seed nothing',
    ],
    [
      'a loader of half an epoch',
      { progress: { loader: { epoch: 0.5, position: 0, seed: 0 } } },
      'ARGUMENT',
      'Got loader.epoch 0.5',
    ],
    ['epoch −1', { progress: { epoch: -1 } }, 'ARGUMENT', 'Got epoch -1'],
    ['a history of text', { progress: { history: ['good'] } }, 'ARGUMENT', 'Got history "good"; expected a record'],
    ['history without numbers', { progress: { history: [{ loss: 'low' }] } }, 'ARGUMENT', 'Got history.loss "low"'],
    ['no sums', { progress: { sums: null } }, 'ARGUMENT', 'Got sums null'],
    [
      'steps that are no count',
      { progress: { sums: { loss: 1, gradientNorm: 1, seconds: 1, steps: -2 } } },
      'ARGUMENT',
      'Got sums.steps -2',
    ],
    ['progress: null', { progress: null }, 'ARGUMENT', 'Got progress null'],
  ] as [string, { step?: number; progress?: object | null }, string, string][])(
    '%s',
    async (_, change, code, message) => {
      const whole = await saved();
      const progress = change.progress === null ? null : { ...whole.progress, ...change.progress };
      const model = newNet(9);
      const before = await Promise.all(Object.values(model.stateDict()).map(data));
      const resume = { ...whole, ...change, progress } as never;
      await expect(run(model, { resume })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(message) as string,
      });
      expect(await Promise.all(Object.values(model.stateDict()).map(data))).toEqual(before);
    },
  );

  it('a tensor that does not fit, the last of many', async () => {
    const whole = await saved();
    const model = newNet(9);
    const before = await Promise.all(Object.values(model.stateDict()).map(data));
    const name = 'optimizer.v.model.fc2.bias';
    const resume = { ...whole, tensors: { ...whole.tensors, [name]: tensor([1]) } };
    await expect(run(model, { resume })).rejects.toThrow(
      `'${name}' does not fit. Got float32 [1]; expected float32 [3]`,
    );
    expect(await Promise.all(Object.values(model.stateDict()).map(data))).toEqual(before);
  });

  it('a file that says so', async () => {
    const path = join(folder, 'negative.safetensors');
    await saveCheckpoint(path, { tensors: {}, step: -5, progress: {} });
    await expect(loadCheckpoint(path)).rejects.toThrow('the progress is malformed');
  });
});

it('a checkpoint of what is trained comes back from its file', async () => {
  const out = join(folder, 'adapter');
  const train = (model: ReturnType<typeof newNet>, options: object) =>
    fit(model, { train: points(), loss: crossEntropy, epochs: 1, batchSize: 16, ...options });
  const frozen = () => {
    const model = newNet();
    model.fc1.requiresGrad(false);
    return model;
  };
  const model = frozen();
  await train(model, { callbacks: [checkpoint(out, { trained: true })] });
  const saved = await loadCheckpoint(join(out, 'last.safetensors'));
  expect(saved.trained).toBe(true);
  expect(Object.keys(saved.tensors).filter((name) => name.includes('fc1'))).toEqual([]);
  expect(Object.keys(saved.tensors)).toContain('model.bn.running_mean');
  const other = frozen();
  await train(other, { resume: saved });
  expect(await data(other.fc2.weight)).toEqual(await data(model.fc2.weight));
});

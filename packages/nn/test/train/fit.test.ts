import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { data, mul, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Linear,
  Module,
  accuracy,
  adamW,
  confusionMatrix,
  crossEntropy,
  earlyStopping,
  evaluate,
  fit,
  load,
  manualSeed,
  mse,
  predict,
  progressBar,
  save,
  sgd,
} from '../../src/index.ts';
import { batch, newNet, points } from './problem.ts';

let folder = '';
beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  folder = await mkdtemp(join(tmpdir(), 'gai-fit-'));
});
afterAll(() => rm(folder, { recursive: true }));

const line = () => {
  manualSeed(0);
  return new Linear({ inFeatures: 1, outFeatures: 1 });
};

describe('fit', () => {
  it('learns a line from one batch, an array, an async generator', async () => {
    const given = { x: tensor([[0], [1], [2]]), y: tensor([[1], [3], [5]]) };
    const sources = [
      [given],
      {
        async *[Symbol.asyncIterator]() {
          yield given;
        },
      },
    ];
    for (const train of sources) {
      const model = line();
      await fit(model, { train, loss: mse, optimizer: sgd({ learningRate: 0.2 }), epochs: 150 });
      expect(await toArray(model.forward(tensor([[10]])))).toEqual([[expect.closeTo(21, 2)]]);
    }
  });

  it('logs every epoch and measures on the validation set in evaluation mode', async () => {
    const model = newNet();
    const { epochs, steps } = await fit(model, {
      train: points(),
      validation: points(30),
      loss: crossEntropy,
      metrics: [accuracy()],
      optimizer: adamW({ learningRate: 0.02 }),
      epochs: 12,
      batchSize: 16,
    });
    expect(steps).toBe(60);
    expect(Object.keys(epochs[0]!)).toEqual(['loss', 'gradientNorm', 'seconds', 'validationLoss', 'accuracy']);
    expect(epochs[11]!['accuracy']).toBeGreaterThan(epochs[0]!['accuracy']!);
    expect(model.training).toBe(true);
    const again = await evaluate(model, points(30), { loss: crossEntropy, metrics: [accuracy()] });
    expect(again['accuracy']).toBe(epochs[11]!['accuracy']);
  });

  it('takes inputs and targets from any batch', async () => {
    class TwoInputs extends Module {
      readonly fc = line();
      forward(a: Tensor, b: Tensor): Tensor {
        return this.fc.forward(mul(a, b));
      }
    }
    const rows = [{ left: tensor([[1], [2]]), right: tensor([[3], [4]]), price: tensor([[6], [16]]) }];
    const model = new TwoInputs();
    const { epochs } = await fit(model, {
      train: rows,
      loss: mse,
      optimizer: sgd({ learningRate: 0.02 }),
      epochs: 500,
      inputs: ({ left, right }) => [left, right],
      targets: ({ price }) => price,
    });
    expect(epochs.at(-1)!['loss']).toBeLessThan(1e-2);
  });

  it.each([
    ['no epochs', { epochs: 0 }, 'epochs is not a count. Got 0'],
    ['no data', { train: [] as { x: Tensor; y: Tensor }[] }, 'the training source gave no batch'],
  ])('refuses %s', async (_, change, message) => {
    await expect(fit(line(), { train: [batch()], loss: mse, ...change })).rejects.toThrow(message);
  });

  it('ends callbacks also when a step fails', async () => {
    const seen: string[] = [];
    const record = { name: 'record', onFitBegin: () => void seen.push('begin'), onFitEnd: () => void seen.push('end') };
    const bad = [{ x: tensor([[NaN]]), y: tensor([[1]]) }];
    await expect(fit(line(), { train: bad, loss: mse, callbacks: [record] })).rejects.toThrow('not finite');
    expect(seen).toEqual(['begin', 'end']);
  });
});

describe('earlyStopping', () => {
  it('stops after patience epochs and goes back to the best weights', async () => {
    const model = line();
    const good = [{ x: tensor([[1]]), y: tensor([[2]]) }];
    const validation = [{ x: tensor([[1]]), y: tensor([[0.9]]) }]; // met on the way to 2, then left behind
    const start = ((await toArray(model.forward(tensor([[1]])))) as number[][])[0]![0]!;
    expect(start).toBeLessThan(0.9);
    const history = await fit(model, {
      train: good,
      validation,
      loss: mse,
      optimizer: sgd({ learningRate: 0.05 }),
      epochs: 200,
      callbacks: [earlyStopping({ patience: 2 })],
    });
    expect(history.stopped).toMatch(/^validationLoss has not improved for 2 epochs/);
    const best = Math.min(...history.epochs.map((epoch) => epoch['validationLoss']!));
    const { loss } = await evaluate(model, validation, { loss: mse });
    expect(loss).toBeCloseTo(best, 10);
  });

  it('names what is logged when the monitor is not', async () => {
    const run = fit(line(), {
      train: [{ x: tensor([[1]]), y: tensor([[1]]) }],
      loss: mse,
      callbacks: [earlyStopping({ monitor: 'auc' })],
    });
    await expect(run).rejects.toThrow("'auc' is not logged. Got a run that logs loss, gradientNorm, seconds");
  });
});

describe('progressBar', () => {
  const draw = async (isTTY: boolean): Promise<string> => {
    let text = '';
    const stream = { isTTY, columns: 60, write: (part: string) => (text += part) };
    await fit(newNet(), {
      train: points(),
      loss: crossEntropy,
      batchSize: 16,
      epochs: 2,
      callbacks: [progressBar({ stream, interval: 0 })],
    });
    return text;
  };

  it('is one line per epoch without a terminal', async () => {
    expect(await draw(false)).toMatch(
      /^epoch 1\/2 {2}loss \S+ {2}gradientNorm \S+ {2}seconds \d+\.\d\nepoch 2\/2 .*\n$/,
    );
  });

  it('is one line per epoch on a terminal that moves no cursor', async () => {
    vi.stubEnv('TERM', 'dumb');
    expect(await draw(true)).not.toContain('\u001b');
    vi.unstubAllEnvs();
  });

  it('draws steps on a terminal and cleans up', async () => {
    vi.stubEnv('TERM', 'xterm');
    vi.stubEnv('NO_COLOR', '1'); // there is no colour in it
    const text = await draw(true);
    vi.unstubAllEnvs();
    expect(text).toContain('epoch 1/2 █████░░░░░░░░░░░░░░░░░░░ 1/5  loss');
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
  });
});

describe('evaluate and predict', () => {
  it('weigh a smaller last batch by its rows', async () => {
    const model = newNet().eval();
    const small = await evaluate(model, points(70), { loss: crossEntropy, metrics: [accuracy()], batchSize: 16 });
    const whole = await evaluate(model, points(70), { loss: crossEntropy, metrics: [accuracy()], batchSize: 70 });
    expect(small['accuracy']).toBe(whole['accuracy']);
    expect(small.loss).toBeCloseTo(whole.loss!, 6);
    const matrix = await evaluate(model, points(70), { metrics: [confusionMatrix({ numClasses: 3 })], batchSize: 16 });
    expect((matrix['confusionMatrix'] as number[][]).flat().reduce((a, b) => a + b)).toBe(70);
  });

  it('predict keeps order and is what forward gives', async () => {
    const model = newNet().eval();
    const outputs = await predict(model, points(21), { batchSize: 8 });
    expect(outputs.shape).toEqual([21, 3]);
    const { x } = points(21).gather();
    const direct = await data(model.forward(tensor(x.data, { shape: x.shape })));
    Array.from(await data(outputs), Number).forEach((value, at) => expect(value).toBeCloseTo(Number(direct[at]), 5));
  });

  it('refuse no data', async () => {
    await expect(evaluate(newNet(), [])).rejects.toThrow('evaluate: no data');
    await expect(predict(newNet(), [])).rejects.toThrow('predict: no data');
  });
});

describe('save and load', () => {
  it('bring every parameter and buffer back', async () => {
    const path = join(folder, 'net.safetensors');
    const model = newNet(1);
    await fit(model, { train: points(), loss: crossEntropy, epochs: 1 });
    await save(model, path);
    const other = newNet(2);
    expect(await load(other, path)).toEqual({ missing: [], unexpected: [] });
    for (const [name, value] of Object.entries(model.stateDict())) {
      expect(await toArray(other.stateDict()[name]!), name).toEqual(await toArray(value));
    }
  });

  it('say which names do not match, and change nothing', async () => {
    const path = join(folder, 'line.safetensors');
    await save(line(), path);
    const net = newNet();
    await expect(load(net, path)).rejects.toThrow(
      'loadStateDict: the names do not match. Got missing: fc1.weight, fc1.bias, bn.weight, bn.bias, bn.running_mean and',
    );
  });
});

it('evaluate leaves each module in the mode it was in', async () => {
  const model = newNet().train();
  model.bn.eval();
  await evaluate(model, points(30), { loss: crossEntropy });
  expect([model.training, model.bn.training, model.drop.training]).toEqual([true, false, true]);
});

describe('a single batch in place of a source', () => {
  it('is refused in one line', async () => {
    const train = batch(4) as never;
    await expect(fit(newNet(), { train, loss: crossEntropy })).rejects.toThrow(
      /^fit: not a source of batches\. Got an object with \{ x, y \}.*Put a single batch in an array\.$/,
    );
  });
});

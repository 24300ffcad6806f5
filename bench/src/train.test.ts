import { nodeBackend } from '@gai/backend-node';
import { LeNet } from '@gai/cnn';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { Sequential } from '@gai/nn';
import { describe, expect, test } from 'vitest';
import { checkAgreement } from './agree.ts';
import type { Entry } from './agree.ts';
import { build, gai } from './contenders/gai.ts';
import { peers } from './contenders/index.ts';
import { makeBatches, makeWeights } from './data.ts';
import { median } from './interleave.ts';
import { models } from './models/index.ts';
import { lenet } from './models/lenet.ts';
import { mlp } from './models/mlp.ts';
import { flopsOf } from './models/model.ts';
import { formatJson, formatTable } from './report.ts';
import { UsageError, parseTrain } from './train.ts';

const backend = await nodeBackend({ device: 'cpu', threads: 1 });

describe('contenders', () => {
  for (const model of models) {
    for (const peer of peers.filter(({ supports }) => supports(model))) {
      test(`${peer.name} trains the same ${model.name} as we do`, async () => {
        const small = { ...model, batchSize: 4 };
        const weights = makeWeights(small, 1);
        const entries: Entry[] = [];
        for (const one of [gai(backend), peer]) {
          entries.push({ name: one.name, training: await one.prepare(small, weights) });
        }
        expect(await checkAgreement(entries, makeBatches(small, 4, 2))).toBeLessThan(1e-4);
      });
    }
  }

  test('a contender whose losses differ is refused', async () => {
    const training = (losses: readonly number[]) => {
      let next = 0;
      return { step: async () => losses[next++]! };
    };
    const entries = [
      { name: 'gai', training: training([2.3, 2.2]) },
      { name: 'other', training: training([2.3, 2.2002]) },
    ];
    await expect(checkAgreement(entries, makeBatches(mlp, 2, 1))).rejects.toThrow(
      "train: 'other' does not train the same model. Got losses 2.30000 2.20020; expected those of gai",
    );
  });

  test('a loss that is NaN is refused', async () => {
    const entries = [1, NaN].map((loss) => ({ name: String(loss), training: { step: async () => loss } }));
    await expect(checkAgreement(entries, makeBatches(mlp, 1, 1))).rejects.toThrow('does not train the same model');
  });
});

describe('models', () => {
  test('lenet is the LeNet of @gai/cnn', async () => {
    setDefaultBackend(backend);
    const ours = new Sequential(...lenet.layers.map(build));
    const theirs = new LeNet();
    const values = [...makeWeights(lenet, 3).values()].map((array) => tensor(array.data, { shape: array.shape }));
    for (const model of [ours, theirs]) {
      const names = Object.keys(model.stateDict());
      model.loadStateDict(Object.fromEntries(names.map((name, index) => [name, values[index]!])));
    }
    const { x } = makeBatches({ ...lenet, batchSize: 2 }, 1, 4)[0]!;
    const images = tensor(x.data, { shape: x.shape });
    expect(await data(ours.forward(images))).toEqual(await data(theirs.forward(images)));
  });

  test('a step has the operations it cannot avoid', () => {
    expect(flopsOf(mlp)).toBe(2 * 128 * (3 * (784 * 256 + 256 * 128 + 1280) - 784 * 256));
    expect(flopsOf(lenet)).toBe(2 * 64 * (3 * (28 ** 2 * 200 + 10 ** 2 * 3200 + 4000) - 28 ** 2 * 200));
  });

  test('the same seed gives the same data', () => {
    expect(makeBatches(mlp, 2, 5)).toEqual(makeBatches(mlp, 2, 5));
    expect(makeWeights(lenet, 5)).not.toEqual(makeWeights(lenet, 6));
  });
});

describe('command', () => {
  test('reads its options', () => {
    const settings = parseTrain(['--json', '--model', 'lenet', '--threads', '1', '--clock', 'cpu']);
    expect(settings).toEqual({ models: [lenet], threads: 1, rounds: 15, clock: 'cpu', json: true });
    expect(parseTrain([])).toMatchObject({ models, threads: undefined, clock: 'wall', json: false });
  });

  test.each([
    [['--model', 'gpt'], "there is no model 'gpt'"],
    [['--threads', '0'], '--threads is not a count'],
    [['--clock', 'sun'], "there is no clock 'sun'"],
    [['--clock', 'cpu'], 'use --threads 1'],
  ])('refuses %j', (args, message) => {
    expect(() => parseTrain(args)).toThrow(UsageError);
    expect(() => parseTrain(args)).toThrow(message);
  });

  test('writes rows for people and for programs', () => {
    const row = {
      model: 'mlp',
      contender: 'x',
      threads: 1,
      stepMs: 2,
      peerStepMs: 6,
      peerOverOurs: 3,
      shareOfPeak: 1 / 3,
    };
    expect(JSON.parse(formatJson([row]))).toEqual({ rows: [{ ...row, shareOfPeak: 0.3333 }] });
    expect(formatTable([row])).toBe(
      'model  beside  threads  ours ms  peer ms  peer/ours  of peak\n' +
        'mlp    x             1     2.00     6.00       3.0x     33 %',
    );
  });

  test('takes the middle of its times', () => {
    expect(median([5, 1, 100])).toBe(5);
    expect(median([4, 1, 2, 100])).toBe(3);
  });
});

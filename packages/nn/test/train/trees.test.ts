import { nodeBackend } from '@gai/backend-node';
import {
  add,
  cast,
  data,
  equal,
  getDefaultBackend,
  mean,
  mul,
  setDefaultBackend,
  square,
  sum,
  tensor,
  toArray,
  unsqueeze,
  where,
} from '@gai/core';
import type { DType, Tensor, TypedArray } from '@gai/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Embedding,
  Linear,
  Module,
  ReLU,
  accuracy,
  crossEntropy,
  evaluate,
  fit,
  manualSeed,
  mse,
  predict,
  sgd,
} from '../../src/index.ts';
import { newNet, points } from './problem.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

interface Sentences {
  readonly ids: Tensor;
  readonly label: Tensor;
}

const IDS = 11;

/** Sums of embeddings of tokens (0 is padding), and how many there are. */
class Bag extends Module {
  readonly embed = new Embedding({ numEmbeddings: IDS, embeddingDim: 4 });
  readonly head = new Linear({ inFeatures: 4, outFeatures: 2 });
  forward(ids: Tensor): { logits: Tensor; parts: Tensor[] } {
    const kept = where(equal(ids, 0), 0, 1);
    const summed = sum(mul(this.embed.forward(ids), unsqueeze(kept, 2)), { axis: 1 });
    return { logits: this.head.forward(summed), parts: [cast(sum(kept, { axis: 1 }), 'int32')] };
  }
}

function sentences(length: number, rows = 3): Sentences {
  const ids = Int32Array.from({ length: rows * length }, (_, at) => Math.floor(Math.abs(Math.sin(at + length)) * IDS));
  const label = Int32Array.from({ length: rows }, (_, at) => (at + length) % 2);
  return { ids: tensor(ids, { shape: [rows, length] }), label: tensor(label) };
}

const LENGTHS = [3, 5, 8, 13];
const ofSentences = {
  inputs: ({ ids }: Sentences) => [ids],
  loss: ({ logits }: { logits: Tensor }, { label }: Sentences) => crossEntropy(logits, label),
  metricInputs: ({ logits }: { logits: Tensor }, { label }: Sentences) => [logits, label] as const,
  dynamicAxes: ['batch', 'time'],
};

describe('models that return trees, batches of several lengths', () => {
  it('train, measure and predict with one compilation each for four lengths', async () => {
    manualSeed(0);
    const model = new Bag();
    const batches = LENGTHS.map((length) => sentences(length));
    const spy = vi.spyOn(getDefaultBackend(), 'load');
    const { epochs } = await fit(model, {
      ...ofSentences,
      train: batches,
      trainMetrics: [accuracy()],
      optimizer: sgd({ learningRate: 0.05 }),
      epochs: 20,
    });
    expect(spy.mock.calls.length).toBe(1);
    expect(epochs.at(-1)!['loss']).toBeLessThan(epochs[0]!['loss']!);
    const measured = await evaluate(model, batches, { ...ofSentences, metrics: [accuracy()] });
    expect(spy.mock.calls.length).toBe(2);
    expect(Object.keys(measured)).toEqual(['loss', 'accuracy']);
    const outputs = await predict<Sentences, { logits: Tensor; parts: [Tensor] }>(model, batches, {
      inputs: ofSentences.inputs,
      dynamicAxes: ofSentences.dynamicAxes,
    });
    expect(spy.mock.calls.length).toBe(3);
    spy.mockRestore();
    expect([outputs.logits.shape, outputs.parts[0].shape, outputs.parts[0].dtype]).toEqual([[12, 2], [12], 'int32']);
    const one = model.forward(batches[2]!.ids);
    const rows = (await toArray(outputs.logits)) as number[][];
    expect(rows.slice(6, 9)).toEqual(
      ((await toArray(one.logits)) as number[][]).map((row) => row.map((x) => expect.closeTo(x, 5) as number)),
    );
    expect(((await toArray(outputs.parts[0])) as number[]).slice(6, 9)).toEqual(await toArray(one.parts[0]!));
  });

  it('say what metrics and losses need', async () => {
    const options = { ...ofSentences, metricInputs: undefined, train: [sentences(3)], trainMetrics: [accuracy()] };
    await expect(fit(new Bag(), options)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: fit: metrics compare two tensors. Got outputs that are a tree; expected one tensor each. Pass metricInputs: (outputs, targets) => [outputs.logits, targets.labels].]`,
    );
    const whole = { inputs: ofSentences.inputs, train: [sentences(3)], loss: crossEntropy as never };
    await expect(fit(new Bag(), whole)).rejects.toThrow('crossEntropy: the outputs are no tensor.');
  });
});

describe('predict keeps every dtype exactly', () => {
  class As extends Module {
    readonly dtype: DType;
    constructor(dtype: DType) {
      super();
      this.dtype = dtype;
    }
    forward(x: Tensor): Tensor {
      return cast(x, this.dtype);
    }
  }

  it.each([
    ['float16', new Uint16Array([15360, 49152, 31743])],
    ['float64', new Float64Array([0.1, -3, 1e300])],
    ['int32', new Int32Array([16_777_217, -5, 2 ** 31 - 1])],
    ['uint8', new Uint8Array([255, 0, 7])],
    ['int64', new BigInt64Array([2n ** 53n + 1n, -1n, 0n])],
    ['bool', new Uint8Array([1, 0, 1])],
  ] as [DType, TypedArray][])('%s', async (dtype, values) => {
    const batches = [values.slice(0, 2), values.slice(2)].map((part) => ({ x: tensor(part, { dtype }) }));
    const outputs = await predict(new As(dtype), batches);
    expect([outputs.dtype, outputs.shape, await data(outputs)]).toEqual([dtype, [3], values]);
  });

  it('and reads them as numbers', async () => {
    const half = await predict(new As('float16'), [{ x: tensor([1, 2]) }, { x: tensor([0.5]) }]);
    expect(await toArray(half)).toEqual([1, 2, 0.5]);
  });

  it('refuses outputs that cannot be joined', async () => {
    const batches = [{ x: tensor([[1, 2]]) }, { x: tensor([[1, 2, 3]]) }];
    await expect(predict(new As('float32'), batches)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: predict: the results of several batches cannot be joined. Got [1,2] and [1,3]; expected tensors with a first axis to join along, and equal sizes along the others. Pad the batches to one length, or return less.]`,
    );
    class Mean extends Module {
      forward(x: Tensor): Tensor {
        return mean(x);
      }
    }
    await expect(predict(new Mean(), batches)).rejects.toThrow('cannot be joined. Got a scalar');
  });
});

describe('fit', () => {
  it.each([
    ['no parameters', () => new ReLU(), 'the model has nothing to train. Got ReLU with no parameters'],
    [
      'only frozen ones',
      () => new Linear({ inFeatures: 1, outFeatures: 1 }).requiresGrad(false),
      'Got Linear with 2 parameters, all frozen',
    ],
  ])('refuses a model with %s', async (_, make, message) => {
    await expect(fit(make(), { train: [{ x: tensor([[1]]), y: tensor([[1]]) }], loss: mse })).rejects.toThrow(message);
  });

  it('refuses metrics without anything to measure on', async () => {
    const options = { train: points(), loss: crossEntropy, metrics: [accuracy()] };
    await expect(fit(newNet(), options)).rejects.toThrow(
      'nothing to measure the metrics on. Got accuracy and no validation',
    );
  });

  it('measures on the training batches, the same for any number of steps per run and of parts', async () => {
    const run = async (options: object) => {
      const settings = { train: points(), loss: crossEntropy, trainMetrics: [accuracy()], epochs: 2, batchSize: 16 };
      const { epochs } = await fit(newNet().eval(), { ...settings, optimizer: sgd({ learningRate: 0 }), ...options });
      return epochs.map((logs) => logs['trainAccuracy']!);
    };
    const expected = await run({ stepsPerRun: 1 });
    expect(expected[0]).toBeGreaterThan(0);
    expect(expected[0]! * 70).toBeCloseTo(Math.round(expected[0]! * 70), 6);
    expect(await run({ stepsPerRun: 8 })).toEqual(expected);
    expect((await run({ accumulate: 2 })).every((share) => share >= 0 && share <= 1)).toBe(true);
  });

  it.each([[['batch']], [null]])(
    'measures parts as long as a metric has sums, with dynamicAxes %j',
    async (dynamicAxes) => {
      const run = async (options: object) => {
        manualSeed(4);
        const model = new Linear({ inFeatures: 4, outFeatures: 3 });
        const settings = {
          train: points(68),
          loss: crossEntropy,
          trainMetrics: [accuracy()],
          batchSize: 4,
          dynamicAxes,
        };
        const { epochs } = await fit(model, { ...settings, optimizer: sgd({ learningRate: 0 }), ...options });
        return epochs[0]!['trainAccuracy'];
      };
      expect(await run({ accumulate: 2 })).toBe(await run({}));
      expect(await run({ accumulate: 4 })).toBe(await run({}));
    },
  );
});

it('evaluate counts each summand of a loss by what it divides by', async () => {
  const model = new Linear({ inFeatures: 1, outFeatures: 2 });
  const labels = [[0, 1, 1], [-100, -100, 0]]; // prettier-ignore
  const batches = labels.map((row) => ({ x: tensor([[1], [2], [3]]), y: tensor(row, { dtype: 'int32' }) }));
  const all = { x: tensor([[1], [2], [3], [1], [2], [3]]), y: tensor(labels.flat(), { dtype: 'int32' }) };
  const penalty = mul(sum(square(model.weight)), 0.1);
  const loss = (outputs: Tensor, y: Tensor): Tensor =>
    add(add(mul(crossEntropy(outputs, y), 0.3), mean(square(outputs))), penalty);
  const [parts, whole] = [await evaluate(model, batches, { loss }), await evaluate(model, [all], { loss })];
  expect(parts.loss).toBeCloseTo(whole.loss!, 6);
});

it('evaluate counts a loss by what it divides by', async () => {
  const model = new Linear({ inFeatures: 1, outFeatures: 2 });
  const labels = [[0, 1, 1], [-100, -100, 0]]; // prettier-ignore
  const batches = labels.map((row) => ({ x: tensor([[1], [2], [3]]), y: tensor(row, { dtype: 'int32' }) }));
  const all = { x: tensor([[1], [2], [3], [1], [2], [3]]), y: tensor(labels.flat(), { dtype: 'int32' }) };
  const [parts, whole] = [
    await evaluate(model, batches, { loss: crossEntropy }),
    await evaluate(model, [all], { loss: crossEntropy }),
  ];
  expect(parts.loss).toBeCloseTo(whole.loss!, 6);
});

import { data, mul, setDefaultBackend, stack, sum, tensor, jit } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { mae } from '../src/losses/index.ts';
import { accuracy, confusionMatrix, meanLoss, topKAccuracy } from '../src/metrics/index.ts';
import type { Metric } from '../src/metrics/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const int = (values: number[] | number[][]): Tensor => tensor(values, { dtype: 'int32' });

/** The value over several batches, as `evaluate` computes it. */
async function measure<V>(metric: Metric<V>, batches: readonly (readonly [Tensor, Tensor, Tensor?])[]): Promise<V> {
  const total: number[] = [];
  for (const [outputs, targets, weights] of batches) {
    const sums = await data(metric.batch(outputs, targets, weights));
    sums.forEach((value: number | bigint, index: number) => (total[index] = (total[index] ?? 0) + Number(value)));
  }
  return metric.result(total);
}

const scores = tensor([
  [0.1, 0.7, 0.2],
  [0.5, 0.2, 0.3],
  [0.3, 0.3, 0.4],
  [0.2, 0.6, 0.2],
]);

describe('accuracy', () => {
  it('counts right answers over batches of unequal size', async () => {
    const more = [tensor([[1, 0, 0]]), int([0])] as const;
    expect(await measure(accuracy(), [[scores, int([1, 0, 0, 2])], more])).toBeCloseTo(3 / 5, 6);
  });

  it('leaves out examples of weight 0 and ignored targets', async () => {
    const weights = tensor([1, 1, 1, 0]);
    expect(await measure(accuracy(), [[scores, int([1, 1, 2, 0]), weights]])).toBeCloseTo(2 / 3, 6);
    expect(await measure(accuracy(), [[scores, int([1, -100, 2, 0])]])).toBeCloseTo(2 / 3, 6);
    expect(await measure(accuracy({ ignoreIndex: 0 }), [[scores, int([1, 0, 2, 0])]])).toBe(1);
  });

  it('takes the lower class of equals, and never NaN', async () => {
    const equal = tensor([
      [2, 2, 1],
      [2, 2, 1],
    ]);
    expect(await measure(accuracy(), [[equal, int([0, 1])]])).toBe(0.5);
    const broken = tensor([[Number.NaN, Number.NaN, Number.NaN]]);
    expect(await measure(accuracy(), [[broken, int([0])]])).toBe(0);
  });

  it('counts every place of [batch, classes, ...]', async () => {
    // Two places: class scores (0.9, 0.1) and (0.2, 0.8).
    const outputs = tensor([
      [
        [0.9, 0.2],
        [0.1, 0.8],
      ],
    ]);
    expect(await measure(accuracy(), [[outputs, int([[0, 0]])]])).toBe(0.5);
  });

  it('is NaN for nothing', () => {
    expect(accuracy().result([0, 0])).toBeNaN();
    expect(accuracy().result([])).toBeNaN();
  });

  it('runs in a graph with a symbolic batch', async () => {
    const run = jit((outputs: Tensor, targets: Tensor) => accuracy().batch(outputs, targets), {
      dynamicAxes: [['batch'], ['batch']],
    });
    expect([...(await data(await run(scores, int([1, 0, 0, 2]))))]).toEqual([2, 4]);
    expect([...(await data(await run(tensor([[1, 0, 0]]), int([0]))))]).toEqual([1, 1]);
  });

  it('says which shapes do not fit', () => {
    expect(() => accuracy().batch(scores, int([[1], [2], [0], [0]]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: accuracy: outputs and targets do not fit. Got outputs [4,3] and class indices [4,1]; expected class indices [4]: one for each example, and the classes along axis 1 of the outputs.]`,
    );
    expect(() => accuracy().batch(scores, tensor([1, 2, 0, 0]))).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: accuracy: targets are not class indices. Got float32 [4]; expected int32 [4]. Use tensor(labels, { dtype: 'int32' }).]`,
    );
  });
});

describe('topKAccuracy', () => {
  it('counts targets among the first k', async () => {
    const targets = int([2, 1, 0, 0]); // places 2, 3, 2 (tie), 2 (tie)
    const values = await Promise.all([1, 2, 3].map((k) => measure(topKAccuracy({ k }), [[scores, targets]])));
    expect(values).toEqual([0, 0.75, 1]);
  });

  it('is named after k and refuses a bad one', () => {
    expect(topKAccuracy().name).toBe('top5');
    expect(() => topKAccuracy({ k: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: topKAccuracy: k is out of range. Got 0; expected a whole number of at least 1.]`,
    );
  });
});

describe('confusionMatrix', () => {
  it('has a row per true class and a column per answer', async () => {
    const metric = confusionMatrix({ numClasses: 3 });
    const batches = [
      [scores, int([1, 0, 0, 2])],
      [tensor([[0, 0, 1]]), int([0]), tensor([1])],
      [tensor([[0, 0, 1]]), int([0]), tensor([0])],
    ] as const;
    expect(await measure(metric, batches)).toEqual([
      [1, 0, 2],
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it('does not count ignored targets', async () => {
    const matrix = await measure(confusionMatrix({ numClasses: 3 }), [[scores, int([1, -100, -100, -100])]]);
    expect(matrix.flat()).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  it('refuses outputs with another number of classes', () => {
    const metric = confusionMatrix({ numClasses: 4 });
    expect(() => metric.batch(scores, int([1, 0, 0, 2]))).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: confusionMatrix: another number of classes. Got outputs [4,3]; expected axis 1 to equal numClasses (4).]`,
    );
  });
});

describe('meanLoss', () => {
  it('is the mean over examples, each the mean of its elements', async () => {
    const outputs = tensor([
      [1, 3],
      [0, 0],
    ]);
    const targets = mul(outputs, 0);
    expect(await measure(meanLoss('mae', mae), [[outputs, targets]])).toBe(1);
    expect(await measure(meanLoss('mae', mae), [[outputs, targets, tensor([1, 0])]])).toBe(2);
  });

  it('takes any function that gives values', async () => {
    const metric = meanLoss('largest', (outputs) => sum(stack([outputs, outputs]), { axis: 0 }));
    expect(await measure(metric, [[tensor([1, 2]), tensor([0, 0])]])).toBe(3);
  });
});

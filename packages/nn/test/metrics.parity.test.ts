import { cast, data, setDefaultBackend, slice, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { Linear, evaluate } from '../src/index.ts';
import * as metrics from '../src/metrics/index.ts';
import type { Average, Metric } from '../src/metrics/index.ts';
import { readFixture } from './fixture.ts';

interface Case {
  readonly outputs: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly labels?: readonly number[];
  readonly targets?: readonly number[];
  readonly weights: readonly number[];
  readonly values: Readonly<Record<string, number | number[]>>;
}

const fixture = readFixture<Readonly<Record<'classes' | 'scores' | 'regressions', readonly Case[]>>>('metrics.json');

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** The value over batches of seven, as `evaluate` computes it. */
async function measure<V>(
  metric: Metric<V>,
  [outputs, targets, weights]: readonly [Tensor, Tensor, (Tensor | undefined)?],
): Promise<V> {
  const total: number[] = [];
  const rows = Number(outputs.shape[0]);
  for (let from = 0; from < rows; from += 7) {
    const part = (x: Tensor): Tensor => slice(x, [[from, Math.min(from + 7, rows)]]);
    const values = await data(metric.batch(part(outputs), part(targets), weights && part(weights)));
    values.forEach((value: number | bigint, index: number) => {
      if (metric.collects === true) total.push(Number(value));
      else total[index] = (total[index] ?? 0) + Number(value);
    });
  }
  return metric.result(total);
}

type Maker = (options?: object) => Metric<number | number[]>;

/** `f1 macro with weights` → the metric and whether weights are given. */
function parse(name: string): [metric: Metric<number | number[]>, weighted: boolean] {
  const [kind, average] = name.replace(' with weights', '').split(' ') as [keyof typeof metrics, Average?];
  const make = metrics[kind] as unknown as Maker;
  return [average === undefined ? make() : make({ average }), name.endsWith('with weights')];
}

const rowsOf = (group: keyof typeof fixture): (readonly [string, Case, string])[] =>
  fixture[group].flatMap((one, index) =>
    Object.keys(one.values).map((name) => [`${group} ${index}`, one, name] as const),
  );

describe('metrics agree with scikit-learn', () => {
  it.each([...rowsOf('classes'), ...rowsOf('scores'), ...rowsOf('regressions')])('%s', async (_, one, name) => {
    const { shape, data: values } = one.outputs;
    const outputs = tensor(Float32Array.from(values), { shape });
    const targets =
      one.labels === undefined
        ? tensor(Float32Array.from(one.targets!), { shape })
        : tensor(Int32Array.from(one.labels), { dtype: 'int32' });
    const [metric, weighted] = parse(name);
    const found = await measure(metric, [outputs, targets, weighted ? tensor([...one.weights]) : undefined]);
    const expected = one.values[name]!;
    const list = (value: number | number[]): number[] => (typeof value === 'number' ? [value] : value);
    expect([name, list(found).length]).toEqual([name, list(expected).length]);
    list(found).forEach((value, index) => expect(value, name).toBeCloseTo(list(expected)[index]!, 5));
  });

  it('covers every metric that is new here', () => {
    const kinds = new Set(
      [...rowsOf('classes'), ...rowsOf('scores'), ...rowsOf('regressions')].map(([, , n]) => n.split(' ')[0]),
    );
    const elsewhere = ['accuracy', 'confusionMatrix', 'meanLoss', 'perplexity', 'topKAccuracy'];
    expect([...kinds, ...elsewhere].sort()).toEqual(Object.keys(metrics).sort());
  });
});

describe('ties and edges', () => {
  const int = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });

  it('equal scores count half', async () => {
    expect(await measure(metrics.auroc(), [tensor([1, 1, 1, 1]), int([0, 1, 1, 0])])).toBe(0.5);
    expect(await measure(metrics.auroc(), [tensor([3, 1, 2, 0]), int([1, 0, 1, 0])])).toBe(1);
    expect(await measure(metrics.auroc(), [tensor([3, 1, 2, 0]), int([0, 1, 0, 1])])).toBe(0);
  });

  it('a class that never occurs has no area', async () => {
    expect(await measure(metrics.auroc(), [tensor([1, 2]), int([1, 1])])).toBeNaN();
    expect(metrics.auroc().result([])).toBeNaN();
    expect(metrics.averagePrecision().result([])).toBeNaN();
    expect(metrics.f1().result([])).toBeNaN();
  });

  it('leaves out ignored targets and examples of weight 0', async () => {
    const scores = tensor([3, 1, 2, 0, 9]);
    expect(await measure(metrics.auroc(), [scores, int([1, 0, 1, 0, -100])])).toBe(1);
    expect(await measure(metrics.auroc(), [scores, int([1, 0, 1, 0, 0]), tensor([1, 1, 1, 1, 0])])).toBe(1);
    expect(await measure(metrics.precision(), [scores, int([1, 0, 1, 0, -100])])).toBeCloseTo(2 / 3, 6);
  });

  it('perplexity is e to the mean of the losses', async () => {
    const logits = tensor([
      [0, 0],
      [0, Math.log(3)],
      [5, 0],
    ]);
    const expected = Math.exp((Math.LN2 - Math.log(0.75)) / 2);
    expect(await measure(metrics.perplexity(), [logits, int([0, 1, -100])])).toBeCloseTo(expected, 5);
  });

  it('says what does not fit', () => {
    expect(() => metrics.f1({ average: 'mean' as 'macro' })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: f1: unknown average. Got 'mean'; expected one of binary, macro, micro, weighted, none.]`,
    );
    expect(() =>
      metrics.auroc().batch(
        tensor([
          [
            [1, 2],
            [3, 4],
          ],
        ]),
        tensor([[0, 1]], { dtype: 'int32' }),
      ),
    ).toThrow('auroc: not one row per example');
    expect(() => metrics.r2().batch(tensor([1, 2]), tensor([[1], [2]]))).toThrow('r2: outputs and targets differ');
    expect(() => metrics.recall({ positive: 5 }).result([1, 1, 1, 1, 1, 1])).toThrow(
      'recall: no such class. Got positive 5',
    );
  });

  it('evaluate collects the rows of all batches', async () => {
    const model = new Linear({ inFeatures: 1, outFeatures: 1, bias: false });
    model.weight.assign(tensor([[2]]));
    const batches = [
      { x: tensor([[1], [2], [3]]), y: tensor([[2], [5], [6]]) },
      { x: tensor([[4]]), y: tensor([[8]]) },
    ];
    const found = await evaluate(model, batches, { metrics: [metrics.r2(), metrics.meanSquaredError()] });
    // Residuals 0, 1, 0, 0; targets 2, 5, 6, 8 around 5.25.
    expect(found['r2']).toBeCloseTo(1 - 1 / 18.75, 6);
    expect(found['meanSquaredError']).toBeCloseTo(0.25, 6);
  });
});

it('counts are of class indices, whatever their integer dtype', async () => {
  const outputs = tensor([
    [2, 1],
    [0, 1],
  ]);
  const targets = cast(tensor([0, 1], { dtype: 'int32' }), 'uint8');
  expect(await measure(metrics.f1(), [outputs, cast(targets, 'int32')])).toBe(1);
});

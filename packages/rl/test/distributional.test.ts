import { setDefaultBackend, sum, tensor, toArray, valueAndGrad } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { categoricalProjection, quantileHuberLoss } from '@gai/rl/losses';
import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../src/tabular/random.ts';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const numbers = (length: number, draw: () => number): number[] => Array.from({ length }, draw);

/** Algorithm 1 of Bellemare et al., in float64. */
function projected(
  p: number[],
  { r, discount, low, high }: Readonly<Record<'r' | 'discount' | 'low' | 'high', number>>,
): number[] {
  const width = (high - low) / (p.length - 1);
  const mass = new Array<number>(p.length).fill(0);
  p.forEach((probability, atom) => {
    const moved = Math.min(Math.max(r + discount * (low + atom * width), low), high);
    const place = Math.min((moved - low) / width, p.length - 1);
    const [lower, upper] = [Math.floor(place), Math.ceil(place)];
    if (lower === upper) mass[lower]! += probability;
    else {
      mass[lower]! += probability * (upper - place);
      mass[upper]! += probability * (place - lower);
    }
  });
  return mass;
}

describe('categoricalProjection', () => {
  it.each([
    [51, -10, 10],
    [2, 0, 1],
    [7, -3, 5],
  ])('%i atoms from %i to %i are those of the paper', async (nAtoms, vMin, vMax) => {
    const random = new Random(nAtoms);
    const rows = Array.from({ length: 40 }, (_, row) => {
      const raw = numbers(nAtoms, () => random.uniform() ** 3);
      const total = raw.reduce((sum_, one) => sum_ + one, 0);
      const discount = row % 4 === 0 ? 0 : row % 4 === 1 ? 1 : random.uniform();
      const r = row % 5 === 0 ? 0 : row % 5 === 1 ? 30 * (row % 2) - 15 : (random.uniform() - 0.5) * 2 * (vMax - vMin);
      return { p: raw.map((one) => one / total), r, discount };
    });
    const found = (await toArray(
      categoricalProjection(
        {
          probabilities: tensor(rows.map(({ p }) => p)),
          rewards: tensor(rows.map(({ r }) => r)),
          discounts: tensor(rows.map(({ discount }) => discount)),
        },
        { nAtoms, vMin, vMax },
      ),
    )) as number[][];
    rows.forEach(({ p, r, discount }, row) => {
      const expected = projected(p, { r, discount, low: vMin, high: vMax });
      expected.forEach((mass, atom) => expect(Math.abs(found[row]![atom]! - mass)).toBeLessThan(1e-5));
    });
  });

  it('refuses sizes and supports that do not fit', () => {
    const inputs = { probabilities: tensor([[0.5, 0.5]]), rewards: tensor([1]), discounts: tensor([1]) };
    expect(() => categoricalProjection(inputs)).toThrow('Got probabilities [1,2]');
    expect(() => categoricalProjection({ ...inputs, rewards: tensor([[1]]) }, { nAtoms: 2 })).toThrow('rewards [1,1]');
    expect(() => categoricalProjection(inputs, { nAtoms: 1 })).toThrow('nAtoms 1');
    expect(() => categoricalProjection(inputs, { nAtoms: 2, vMin: 3, vMax: -3 })).toThrow('vMin 3 and vMax -3');
    expect(() => categoricalProjection(inputs, { atoms: 2 } as object)).toThrow("Did you mean 'nAtoms'?");
  });
});

describe('quantileHuberLoss', () => {
  it('is that of the paper, its gradient too', async () => {
    const random = new Random(2);
    const [batch, n, m] = [5, 4, 3];
    const quantiles = Array.from({ length: batch }, () => numbers(n, () => 2 * random.normal()));
    const targets = Array.from({ length: batch }, () => numbers(m, () => 2 * random.normal()));
    const loss = (own: number[][]): number[] =>
      own.map((row, index) =>
        row.reduce((total, quantile, i) => {
          const errors = targets[index]!.map((target) => {
            const delta = target - quantile;
            const huber = Math.abs(delta) < 1 ? delta ** 2 / 2 : Math.abs(delta) - 0.5;
            return Math.abs((i + 0.5) / n - Number(delta < 0)) * huber;
          });
          return total + errors.reduce((sum_, error) => sum_ + error, 0) / m;
        }, 0),
      );
    const expected = loss(quantiles);
    const found = (await toArray(quantileHuberLoss(tensor(quantiles), tensor(targets)))) as number[];
    found.forEach((value, row) => expect(Math.abs(value - expected[row]!)).toBeLessThan(1e-5));
    const of = valueAndGrad((own: ReturnType<typeof tensor>) => sum(quantileHuberLoss(own, tensor(targets))));
    const [, gradient] = of(tensor(quantiles));
    const slopes = (await toArray(gradient)) as number[][];
    for (let row = 0; row < batch; row++) {
      for (let i = 0; i < n; i++) {
        const moved = (by: number): number[][] =>
          quantiles.map((one, r) => one.map((q, c) => (r === row && c === i ? q + by : q)));
        const slope = (loss(moved(1e-6))[row]! - loss(moved(-1e-6))[row]!) / 2e-6;
        expect(Math.abs(slopes[row]![i]! - slope)).toBeLessThan(1e-4);
      }
    }
  });

  it('refuses sizes that do not fit', () => {
    expect(() => quantileHuberLoss(tensor([[1]]), tensor([[1], [2]]))).toThrow('the batches differ');
    expect(() => quantileHuberLoss(tensor([1]), tensor([1]))).toThrow('expected [batch, n] and [batch, m]');
  });
});

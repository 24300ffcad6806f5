import type * as condModule from '../../transforms/cond.ts';
import { cond } from '../../transforms/cond.ts';
import type * as rematModule from '../../transforms/remat.ts';
import { rematOp } from '../../transforms/remat.ts';
import type * as scanModule from '../../transforms/scan-op.ts';
import { scan } from '../../transforms/scan.ts';
import type * as whileModule from '../../transforms/while-loop.ts';
import { whileLoop } from '../../transforms/while-loop.ts';
import { less } from '../../ops/compare.ts';
import { add, mul, square } from '../../ops/elementwise.ts';
import { sum } from '../../ops/structural.ts';
import { tanh } from '../../ops/activation.ts';
import { matmul } from '../../ops/linalg.ts';
import { bindAll } from '../../trace/bind.ts';
import { plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Row `step` of a plain tensor. */
const row = ({ shape, values }: Plain, step: number): number[] => {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return values.slice(step * size, (step + 1) * size);
};

/** `h′ = tanh(h ∘ w + x)`, with `h′ · x` as results. */
const elementwise = (name: string, [w, h, xs]: readonly [Plain, Plain, Plain], reverse: boolean): Sample => ({
  name,
  inputs: [w, h, xs],
  run: (weight, first, sequence) =>
    scan(
      (carry, x) => {
        const next = tanh(add(mul(carry, weight!), x));
        return [next, mul(next, x)];
      },
      first!,
      sequence!,
      { reverse },
    ),
  reference: (weight, first, sequence) => {
    const steps = sequence!.shape[0]!;
    let carry: readonly number[] = first!.values;
    const rows: number[][] = Array.from({ length: steps }, () => []);
    for (let count = 0; count < steps; count += 1) {
      const at = reverse ? steps - 1 - count : count;
      const x = row(sequence!, at);
      carry = carry.map((value, index) => Math.tanh(value * weight!.values[index]! + x[index]!));
      rows[at] = carry.map((value, index) => value * x[index]!);
    }
    return [plain(first!.shape, carry, first!.dtype), plain(sequence!.shape, rows.flat(), sequence!.dtype)];
  },
});

/** `h′ = tanh(h · W + x)`: the gradient of W is one product over all steps. */
const recurrent = (name: string, [w, h, xs]: readonly [Plain, Plain, Plain]): Sample => ({
  name,
  inputs: [w, h, xs],
  run: (weight, first, sequence) =>
    scan((carry, x) => [tanh(add(matmul(carry, weight!), x)), null], first!, sequence!)[0],
  reference: (weight, first, sequence) => {
    const size = weight!.shape[1]!;
    let carry = [...first!.values];
    for (let step = 0; step < sequence!.shape[0]!; step += 1) {
      const x = row(sequence!, step);
      carry = carry.map((_, index) => {
        const [at, column] = [Math.floor(index / size), index % size];
        const products = Array.from(
          { length: size },
          (__, k) => carry[at * size + k]! * weight!.values[k * size + column]!,
        );
        return Math.tanh(total(products) + x[index]!);
      });
    }
    return plain(first!.shape, carry, first!.dtype);
  },
});

const three = [randomPlain([2], { seed: 3 }), randomPlain([2], { seed: 4 }), randomPlain([3, 2], { seed: 5 })] as const;

export const scanSamples: SamplesOf<typeof scanModule> = {
  scan: [
    elementwise('three steps', three, false),
    recurrent('a product in every step', [
      randomPlain([2, 2], { seed: 6, min: -1, max: 1 }),
      randomPlain([1, 2], { seed: 7 }),
      randomPlain([3, 1, 2], { seed: 8 }),
    ]),
    elementwise('backwards', three, true),
    elementwise('one step', [three[0], three[1], randomPlain([1, 2], { seed: 9 })], false),
    {
      name: 'integers, no gradient',
      inputs: [plain([], [1], 'int32'), randomPlain([9], { seed: 2, min: 0, max: 5, dtype: 'int32' })],
      run: (first, sequence) => scan((carry, x) => [add(mul(carry, 2), x), carry], first!, sequence!),
      reference: (first, sequence) => {
        let carry = first!.values[0]!;
        const before = sequence!.values.map((x) => {
          const was = carry;
          carry = 2 * carry + x;
          return was;
        });
        return [plain([], [carry], 'int32'), plain(sequence!.shape, before, 'int32')];
      },
    },
  ],
};

const branched = (name: string, holds: boolean): Sample => ({
  name,
  inputs: [plain([], [Number(holds)], 'bool'), randomPlain([2, 3], { seed: 1 }), randomPlain([3], { seed: 2 })],
  symbolic: [1],
  run: (condition, x, y) =>
    cond(
      condition!,
      (a) => mul(a, y!),
      (a) => square(a),
      x!,
    ),
  reference: (condition, x, y) =>
    mapIndexed(x!, (value, index) => (condition!.values[0] === 0 ? value * value : value * y!.values[index % 3]!)),
});

const mapIndexed = (x: Plain, fn: (value: number, index: number) => number): Plain =>
  plain(x.shape, x.values.map(fn), x.dtype);

export const condSamples: SamplesOf<typeof condModule> = {
  cond: [branched('true', true), branched('false', false)],
};

export const whileSamples: SamplesOf<typeof whileModule> = {
  while: [
    {
      name: 'doubled until large, no gradient',
      inputs: [randomPlain([4], { seed: 1, min: 0.5, max: 2 })],
      gradients: [],
      run: (x) =>
        whileLoop(
          (carry) => less(sum(carry), 100),
          (carry) => mul(carry, 2),
          x!,
        ),
      reference: (x) => {
        let values = [...x!.values];
        while (total(values) < 100) values = values.map((value) => 2 * value);
        return plain(x!.shape, values, x!.dtype);
      },
    },
  ],
};

export const rematSamples: SamplesOf<typeof rematModule> = {
  remat: [
    {
      name: 'two values that wait for a third',
      inputs: [randomPlain([2, 3], { seed: 1 }), plain([], [2]), randomPlain([4], { seed: 2 })],
      symbolic: [0],
      run: (x, y, z) => bindAll(rematOp, [x!, y!, z!], { values: 2 }),
      reference: (x, y) => [x!, y!],
    },
  ],
};

import { glu, swiglu } from '../../ops/gated.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mapAxis, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

function gates(
  run: (x: Tensor, options?: { axis?: number }) => Tensor,
  fn: (a: number, b: number) => number,
): Sample[] {
  const paired = (line: number[]): number[] => {
    const half = line.length / 2;
    return line.slice(0, half).map((value, index) => fn(value, line[index + half]!));
  };
  const of = (name: string, x: Plain, axis = -1, extra: Partial<Sample> = {}): Sample => ({
    name,
    inputs: [x],
    run: (a) => run(a!, { axis }),
    reference: (a) => mapAxis(a!, axis, paired, x.dtype),
    ...extra,
  });
  return [
    of('last axis', randomPlain([3, 4]), -1, { symbolic: [0] }),
    of('first axis', randomPlain([4, 3]), 0),
    of('middle axis', randomPlain([2, 2, 3]), 1, { symbolic: [0] }),
    of('two rows', randomPlain([2, 3]), 0),
    { ...of('no rows', plain([0, 2], [])), reference: () => plain([0, 1], []) },
    of('float64', randomPlain([2, 2], { dtype: 'float64' })),
    of('large', plain([2, 4], [1000, -1000, 2, 1000, 1000, 3, -1000, 1000])),
  ];
}

/** Samples of the functions in `ops/gated.ts`, which are made of other ops. */
export const gatedSamples: Readonly<Record<'glu' | 'swiglu', readonly Sample[]>> = {
  glu: gates(glu, (a, b) => a * logistic(b)),
  swiglu: gates(swiglu, (a, b) => a * logistic(a) * b),
};

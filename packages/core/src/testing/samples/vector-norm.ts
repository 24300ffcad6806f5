import type * as family from '../../ops/vector-norm.ts';
import { norm } from '../../ops/vector-norm.ts';
import type { NormOptions } from '../../ops/vector-norm.ts';
import { plain, randomPlain, reducePlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

function normOf(values: readonly number[], ord: number): number {
  const sizes = values.map(Math.abs);
  if (ord === Infinity) return Math.max(...sizes);
  if (ord === -Infinity) return Math.min(...sizes);
  if (ord === 0) return sizes.filter((size) => size !== 0).length;
  return sizes.reduce((total, size) => total + size ** ord, 0) ** (1 / ord);
}

const of = (name: string, x: Plain, options: NormOptions = {}): Sample => {
  const { ord = 2, axis, keepDims } = options;
  const listed = axis === undefined ? undefined : typeof axis === 'number' ? [axis] : axis;
  const axes = listed?.map((at) => (at < 0 ? at + x.shape.length : at));
  return {
    name,
    inputs: [x],
    symbolic: axes?.includes(0) === false && x.shape[0]! > 1 ? [0] : undefined,
    run: (a) => norm(a!, options),
    reference: (a) => reducePlain(a!, { axes, keepDims, dtype: x.dtype }, (values) => normOf(values, ord)),
  };
};

const stated = (
  name: string,
  values: number[],
  options: NormOptions,
  expected: number,
  gradient: number[],
): Sample => ({
  ...of(name, plain([values.length], values), options),
  reference: () => plain([], [expected]),
  expectedGradients: [gradient],
});

/** Samples of the op in `ops/vector-norm.ts`. */
export const vectorNormSamples: SamplesOf<typeof family> = {
  norm: [
    of('all', randomPlain([2, 3])),
    of('order 3', randomPlain([2, 3]), { ord: 3, axis: 1 }),
    ...[1, 2, 0.5, 1.5, Infinity, -Infinity, -1, -2].map((ord) =>
      of(`order ${ord}`, randomPlain([2, 3], { seed: 8 }), { ord, axis: -1 }),
    ),
    of('first axis, kept', randomPlain([3, 2]), { axis: 0, keepDims: true }),
    of('Frobenius', randomPlain([2, 3, 2]), { axis: [1, 2] }),
    of('no axes', randomPlain([3]), { axis: [] }),
    of('scalar', randomPlain([])),
    of('of nothing', plain([2, 0], []), { axis: 1 }),
    of('float64', randomPlain([2, 3], { dtype: 'float64' }), { ord: 2.5, axis: 1 }),
    { ...of('float16', randomPlain([2, 3], { dtype: 'float16' })), gradients: [] },
    { ...of('order 0', plain([2, 2], [0, 1, 0, 0]), { ord: 0, axis: 1 }), gradients: [] },
    stated('of zeros', [0, 0], {}, 0, [0, 0]),
    stated('of zeros, order 3', [0, 0], { ord: 3 }, 0, [0, 0]),
    stated('with a zero', [3, 0, -4], {}, 5, [0.6, 0, -0.8]),
    stated('with a zero, order 1.5', [4, 0], { ord: 1.5 }, 4, [1, 0]),
    stated('with a zero, order ½', [4, 0], { ord: 0.5 }, 4, [1, 0]),
    stated('order 1 at 0', [3, 0, -4], { ord: 1 }, 7, [1, 0, -1]),
    stated('order ∞ with a tie', [3, -3, 1], { ord: Infinity }, 3, [0.5, -0.5, 0]),
    {
      name: 'integers',
      inputs: [plain([2], [3, 4], 'int32')],
      run: (x) => norm(x!),
      reference: () => plain([], [5], 'float32'),
    },
  ],
};

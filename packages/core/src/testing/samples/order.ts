import { argsort, median, quantile } from '../../ops/order.ts';
import type { QuantileOptions } from '../../ops/order.ts';
import { mapAxis, plain, randomPlain, reducePlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';

const ascending = (line: readonly number[]): number[] => [...line].sort((a, b) => a - b);

function quantileOf(line: readonly number[], q: number): number {
  if (line.some(Number.isNaN)) return NaN;
  const sorted = ascending(line);
  const place = q * (line.length - 1);
  const below = Math.floor(place);
  const lower = sorted[below]!;
  return lower + (sorted[Math.min(below + 1, line.length - 1)]! - lower) * (place - below);
}

const at = (
  name: string,
  x: Plain,
  given: QuantileOptions & { q?: number } = {},
  extra: Partial<Sample> = {},
): Sample => {
  const { q, axis, keepDims } = given;
  const axes = axis === undefined ? undefined : [axis < 0 ? axis + x.shape.length : axis];
  return {
    name,
    inputs: [x],
    run: (a) => (q === undefined ? median(a!, { axis, keepDims }) : quantile(a!, q, { axis, keepDims })),
    reference: (a) => reducePlain(a!, { axes, keepDims, dtype: x.dtype }, (line) => quantileOf(line, q ?? 0.5)),
    ...extra,
  };
};

const sorted = (name: string, x: Plain, options: { axis?: number; descending?: boolean } = {}): Sample => ({
  name,
  inputs: [x],
  symbolic: x.shape.length > 1 && options.axis !== 0 ? [0] : undefined,
  run: (a) => argsort(a!, options),
  reference: (a) =>
    mapAxis(
      a!,
      options.axis ?? -1,
      (line) => {
        const sign = options.descending === true ? -1 : 1;
        return line.map((_, index) => index).sort((i, j) => sign * (line[i]! - line[j]!));
      },
      'int32',
    ),
});

/** Samples of the functions in `ops/order.ts`, which are made of other ops. */
export const orderSamples: Readonly<Record<'argsort' | 'quantile' | 'median', readonly Sample[]>> = {
  argsort: [
    sorted('last axis', randomPlain([2, 5])),
    sorted('first axis, descending', randomPlain([4, 2]), { axis: 0, descending: true }),
    sorted('ties keep their order', plain([6], [2, 1, 2, 1, 1, 2])),
    sorted('ties keep their order, descending', plain([6], [2, 1, 2, 1, 1, 2]), { descending: true }),
    sorted('int32', plain([4], [30, -10, 20, 0], 'int32')),
    sorted('float64', randomPlain([4], { dtype: 'float64' })),
    sorted('size 0', plain([2, 0], [])),
  ],
  quantile: [
    at('last axis', randomPlain([2, 5]), { q: 0.3, axis: -1 }, { symbolic: [0] }),
    at('first axis, kept', randomPlain([4, 2]), { q: 0.9, axis: 0, keepDims: true }),
    at('middle axis', randomPlain([2, 4, 2]), { q: 0.1, axis: 1 }),
    at('all, kept', randomPlain([2, 3]), { q: 0.75, keepDims: true }),
    at('one line', randomPlain([5]), { q: 0.3, axis: 0 }),
    // Twice the line has ties.
    at('symbolic line', randomPlain([5]), { q: 0.3, axis: 0 }, { symbolic: [0], gradients: [] }),
    at('lowest', randomPlain([5]), { q: 0 }),
    at('highest', randomPlain([5]), { q: 1 }),
    at('highest of a symbolic line', randomPlain([5]), { q: 1 }, { symbolic: [0], gradients: [] }),
    at('one element', randomPlain([1]), { q: 0.4 }),
    at('float64', randomPlain([2, 5], { dtype: 'float64' }), { q: 0.37, axis: 1 }),
    at('NaN', plain([2, 3], [1, NaN, 2, 1, 2, 3]), { q: 0.5, axis: 1 }, { gradients: [] }),
    {
      name: 'a list of shares',
      inputs: [randomPlain([2, 4])],
      symbolic: [0],
      run: (x) => quantile(x!, [0.25, 0.5, 1], { axis: 1 }),
      reference: (x) => {
        const rows = Array.from({ length: x!.shape[0]! }, (_, row) => x!.values.slice(4 * row, 4 * row + 4));
        const values = [0.25, 0.5, 1].flatMap((q) => rows.map((row) => quantileOf(row, q)));
        return plain([3, rows.length], values);
      },
    },
    {
      name: 'a list of one share, kept',
      inputs: [randomPlain([2, 4])],
      run: (x) => quantile(x!, [0.5], { axis: 0, keepDims: true }),
      reference: (x) => {
        const columns = [0, 1, 2, 3].map((column) => [x!.values[column]!, x!.values[column + 4]!]);
        return plain(
          [1, 1, 4],
          columns.map((column) => quantileOf(column, 0.5)),
        );
      },
    },
    {
      name: 'integers',
      inputs: [plain([4], [4, 1, 3, 2], 'int32')],
      run: (x) => quantile(x!, 0.5),
      reference: () => plain([], [2.5], 'float32'),
    },
  ],
  median: [
    at('odd', randomPlain([2, 5]), { axis: 1 }, { symbolic: [0] }),
    at('even', randomPlain([2, 4]), { axis: 1, keepDims: true }),
    at('all', randomPlain([2, 3])),
    at('first axis', randomPlain([3, 2]), { axis: 0 }),
  ],
};

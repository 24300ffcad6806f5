import { matmul } from '../../ops/linalg.ts';
import { diag, diagEmbed, diagonal, matrixTrace, tril, triu } from '../../ops/triangular.ts';
import type { MatrixDiagonalOptions } from '../../ops/triangular.ts';
import { at, fillPlain, indicesOf, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample } from '../sample.ts';
import { movedSample } from './make.ts';

/** What is kept of the last two axes; the rest becomes 0. */
const kept = (
  name: string,
  x: Plain,
  run: typeof tril,
  { offset, symbolic }: { offset?: number; symbolic?: number[] } = {},
): Sample =>
  movedSample(name, x, {
    run: (a) => run(a, { diagonal: offset }),
    shape: (shape) => shape,
    from: (index) => {
      const [row, column] = index.slice(-2) as [number, number];
      const keeps = run === tril ? column <= row + (offset ?? 0) : column >= row + (offset ?? 0);
      return keeps ? index : undefined;
    },
    extra: { symbolic },
  });

/** The elements `[i, i + offset]` of two axes, the other axes before them. */
function diagonalOf(x: Plain, options: MatrixDiagonalOptions = {}): Plain {
  const rank = x.shape.length;
  const [row, column] = (options.axes ?? [-2, -1]).map((axis) => (axis < 0 ? axis + rank : axis)) as [number, number];
  const offset = options.diagonal ?? 0;
  const first = Math.max(0, -offset);
  const length = Math.max(0, Math.min(x.shape[row]! - first, x.shape[column]! - first - offset));
  const others = [...x.shape.keys()].filter((axis) => axis !== row && axis !== column);
  return fillPlain(
    [...others.map((axis) => x.shape[axis]!), length],
    (index) => {
      const source = x.shape.map(() => 0);
      others.forEach((axis, position) => (source[axis] = index[position]!));
      source[row] = first + index.at(-1)!;
      source[column] = first + offset + index.at(-1)!;
      return at(x, source);
    },
    x.dtype,
  );
}

const taken = (name: string, x: Plain, options: MatrixDiagonalOptions = {}, symbolic?: number[]): Sample => ({
  name,
  inputs: [x],
  symbolic,
  run: (a) => diagonal(a!, options),
  reference: (a) => diagonalOf(a!, options),
});

const embedded = (name: string, x: Plain, offset = 0, symbolic?: number[]): Sample =>
  movedSample(name, x, {
    run: (a) => diagEmbed(a, { diagonal: offset }),
    shape: (shape) => {
      const size = shape.at(-1)! + Math.abs(offset);
      return [...shape.slice(0, -1), size, size];
    },
    from: (index) => {
      const [row, column] = index.slice(-2) as [number, number];
      return column === row + offset ? [...index.slice(0, -2), Math.min(row, column)] : undefined;
    },
    extra: { symbolic },
  });

const summed = (name: string, x: Plain, options: MatrixDiagonalOptions = {}, symbolic?: number[]): Sample => ({
  name,
  inputs: [x],
  symbolic,
  run: (a) => matrixTrace(a!, options),
  reference: (a) => {
    const found = diagonalOf(a!, options);
    const sums = [...indicesOf(found.shape.slice(0, -1))].map((index) =>
      Array.from({ length: found.shape.at(-1)! }, (_, k) => at(found, [...index, k])).reduce((p, q) => p + q, 0),
    );
    return plain(found.shape.slice(0, -1), sums, x.dtype);
  },
});

const square = randomPlain([3, 3]);

/** Samples of the functions in `ops/triangular.ts`. */
export const triangularSamples = {
  tril: [
    kept('batch', randomPlain([2, 3, 4]), tril),
    kept('above the diagonal', randomPlain([3, 4]), tril, { offset: 1 }),
    kept('below the diagonal', randomPlain([4, 3]), tril, { offset: -2 }),
    kept('booleans', plain([2, 2], 1, 'bool'), tril),
    kept('symbolic rows', randomPlain([3, 2]), tril, { symbolic: [0] }),
  ],
  triu: [
    kept('batch', randomPlain([2, 3, 4]), triu),
    kept('above the diagonal', randomPlain([3, 4]), triu, { offset: 1 }),
    kept('below the diagonal', randomPlain([4, 3]), triu, { offset: -1 }),
    kept('integers', randomPlain([2, 3], { dtype: 'int32' }), triu),
    kept('symbolic rows', randomPlain([3, 2]), triu, { symbolic: [0] }),
  ],
  diagonal: [
    taken('square', square),
    taken('wide', randomPlain([2, 4])),
    taken('tall, above', randomPlain([4, 3]), { diagonal: 1 }),
    taken('tall, below', randomPlain([5, 3]), { diagonal: -1 }),
    taken('far below', randomPlain([5, 3]), { diagonal: -4 }),
    taken('outside', randomPlain([2, 3]), { diagonal: 3 }),
    taken('batch', randomPlain([2, 3, 3])),
    taken('other axes', randomPlain([2, 3, 4]), { axes: [0, 1] }),
    taken('other axes exchanged', randomPlain([2, 3, 4]), { axes: [-1, 0], diagonal: -1 }),
    taken('one column', randomPlain([3, 1])),
    taken('integers', randomPlain([2, 2], { dtype: 'int32' })),
    taken('symbolic batch', randomPlain([2, 3, 3]), { diagonal: 1 }, [0]),
    {
      name: 'symbolic square',
      inputs: [randomPlain([3, 2]), randomPlain([3, 2], { seed: 2 })],
      symbolic: [0, 1],
      run: (a, b) => diagonal(matmul(a!, b!, { transposeB: true }), { diagonal: -1 }),
      reference: (a, b) =>
        fillPlain([a!.shape[0]! - 1], ([i]) =>
          Array.from({ length: a!.shape[1]! }, (_, k) => at(a!, [i! + 1, k]) * at(b!, [i!, k])).reduce(
            (p, q) => p + q,
            0,
          ),
        ),
    },
  ],
  diagEmbed: [
    embedded('a vector', randomPlain([3])),
    embedded('above', randomPlain([2]), 2),
    embedded('batch, below', randomPlain([2, 2]), -1),
    embedded('nothing', randomPlain([0])),
    embedded('integers', randomPlain([2], { dtype: 'int32' }), 1),
    embedded('symbolic size', randomPlain([3]), -1, [0]),
  ],
  diag: [
    { name: 'of a matrix', inputs: [square], run: (a) => diag(a!), reference: (a) => diagonalOf(a!) },
    {
      name: 'of a vector',
      inputs: [randomPlain([2])],
      run: (a) => diag(a!, { diagonal: 1 }),
      reference: (a) => fillPlain([3, 3], ([i, j]) => (j === i! + 1 ? at(a!, [i!]) : 0)),
    },
  ],
  matrixTrace: [
    summed('square', square),
    summed('batch', randomPlain([2, 3, 2])),
    summed('off the diagonal', randomPlain([3, 4]), { diagonal: 2 }),
    summed('integers', randomPlain([2, 2], { dtype: 'int32' })),
    summed('symbolic batch', randomPlain([2, 2, 2]), {}, [0]),
  ],
} satisfies Record<string, Sample[]>;

import type * as choleskyFamily from '../../ops/cholesky.ts';
import type * as solveFamily from '../../ops/triangular-solve.ts';
import { cholesky, choleskyLogDet, choleskySolve } from '../../ops/cholesky.ts';
import { add } from '../../ops/elementwise.ts';
import { eye } from '../../ops/creation.ts';
import { matmul } from '../../ops/linalg.ts';
import { triangularSolve } from '../../ops/triangular-solve.ts';
import type { TriangularSolveOptions } from '../../ops/triangular-solve.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

/** The matrices of a batch, one after the other. */
const matricesOf = (x: Plain): number[][][] => {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const count = x.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: rows }, (_row, i) =>
      Array.from({ length: columns }, (_column, j) => x.values[(index * rows + i) * columns + j]!),
    ),
  );
};

const joined = (shape: readonly number[], matrices: readonly number[][][], dtype?: Plain['dtype']): Plain =>
  plain(shape, matrices.flat(2), dtype);

/** The factor of the symmetric part, column by column. */
function factorOf(x: number[][]): number[][] {
  const n = x.length;
  const l = x.map((row) => row.map(() => 0));
  for (let j = 0; j < n; j += 1) {
    for (let i = j; i < n; i += 1) {
      let rest = (x[i]![j]! + x[j]![i]!) / 2;
      for (let k = 0; k < j; k += 1) rest -= l[i]![k]! * l[j]![k]!;
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!;
    }
  }
  return l;
}

/** `l⁻¹·b` by substitution. */
function substituted(l: number[][], b: number[][]): number[][] {
  const x: number[][] = [];
  l.forEach((row, i) => {
    x.push(b[i]!.map((value, k) => (value - x.reduce((sum, before, j) => sum + row[j]! * before[k]!, 0)) / row[i]!));
  });
  return x;
}

const turned = (x: number[][]): number[][] => x[0]?.map((_, j) => x.map((row) => row[j]!)) ?? [];

const backwards = (x: number[][]): number[][] => x.map((row) => [...row].reverse()).reverse();

function solved(a: number[][], b: number[][], options: TriangularSolveOptions): number[][] {
  const upper = options.upper ?? false;
  const own = a.map((row, i) =>
    row.map((value, j) => (i === j ? (options.unitTriangular === true ? 1 : value) : j < i !== upper ? value : 0)),
  );
  const triangle = options.transposeA === true ? turned(own) : own;
  if (upper === (options.transposeA ?? false)) return substituted(triangle, b);
  // An upper triangle read from the other end is a lower one.
  return [...substituted(backwards(triangle), [...b].reverse())].reverse();
}

/** Random numbers with a large diagonal. */
const dominant = (shape: readonly number[], dtype?: Plain['dtype']): Plain => {
  const x = randomPlain(shape, { min: -0.5, max: 0.5, dtype });
  return fillPlain(shape, (index) => at(x, index) + (index.at(-1) === index.at(-2) ? 2 : 0), dtype);
};

const factored = (name: string, x: Plain, symbolic?: number[]): Sample => ({
  name,
  inputs: [x],
  symbolic,
  run: (a) => cholesky(a!),
  reference: (a) => joined(a!.shape, matricesOf(a!).map(factorOf), a!.dtype),
});

const solution = (
  name: string,
  [a, b]: [Plain, Plain],
  options: TriangularSolveOptions = {},
  symbolic?: number[],
): Sample => ({
  name,
  inputs: [a, b],
  symbolic,
  run: (x, y) => triangularSolve(x!, y!, options),
  reference: (x, y) => {
    const column = y!.shape.length === 1 ? plain([...y!.shape, 1], y!.values) : y!;
    const [left, right] = [matricesOf(x!), matricesOf(column)];
    const count = Math.min(left.length, right.length) === 0 ? 0 : Math.max(left.length, right.length);
    const all = Array.from({ length: count }, (_, k) =>
      solved(left[k % left.length]!, right[k % right.length]!, options),
    );
    const batch = x!.shape.length > column.shape.length ? x!.shape.slice(0, -2) : column.shape.slice(0, -2);
    return joined([...batch, ...(y!.shape.length === 1 ? y!.shape : y!.shape.slice(-2))], all, x!.dtype);
  },
});

/** `x·xᵀ + identity`, positive definite whatever x is. */
const positive = (x: Tensor): Tensor => add(matmul(x, x, { transposeB: true }), eye(x.shape.at(-1)!));

const positivePlain = (x: Plain): number[][] => {
  const [rows] = matricesOf(x);
  return rows!.map((p, i) =>
    rows!.map((q, j) => p.reduce((sum, value, k) => sum + value * q[k]!, 0) + Number(i === j)),
  );
};

/** Samples of the ops in `ops/triangular-solve.ts`. */
export const triangularSolveSamples: SamplesOf<typeof solveFamily> = {
  triangularInverse: [
    solution('lower', [dominant([3, 3]), randomPlain([3, 2])]),
    solution('upper', [dominant([3, 3]), randomPlain([3, 2])], { upper: true }),
    solution('lower, transposed', [dominant([3, 3]), randomPlain([3, 2])], { transposeA: true }),
    solution('upper, transposed', [dominant([3, 3]), randomPlain([3, 2])], { upper: true, transposeA: true }),
    solution('unit diagonal', [dominant([3, 3]), randomPlain([3, 1])], { unitTriangular: true }),
    solution('upper with unit diagonal', [dominant([5, 5]), randomPlain([5, 2])], {
      upper: true,
      unitTriangular: true,
    }),
    solution('a vector', [dominant([4, 4]), randomPlain([4])]),
    solution('one row', [dominant([1, 1]), randomPlain([1, 2])]),
    solution('one row, unit diagonal', [dominant([2, 1, 1]), randomPlain([2, 1, 2])], { unitTriangular: true }),
    solution('batch', [dominant([2, 3, 3]), randomPlain([2, 3, 2])], {}, [0, 1]),
    solution('one matrix for a batch', [dominant([3, 3]), randomPlain([2, 3, 2])]),
    solution('a vector for a batch', [dominant([2, 3, 3]), randomPlain([3])]),
    solution('float64', [dominant([9, 9], 'float64'), randomPlain([9, 2], { dtype: 'float64' })]),
    { ...solution('64 rows', [dominant([64, 64]), randomPlain([64, 2])]), gradients: [1] },
    solution('no rows', [plain([0, 0], []), plain([0, 2], [])]),
  ],
};

/** Samples of the ops in `ops/cholesky.ts`. */
export const choleskySamples: SamplesOf<typeof choleskyFamily> = {
  cholesky: [
    factored('two rows, not symmetric', dominant([2, 2])),
    factored('three rows', dominant([3, 3])),
    factored('one row', dominant([1, 1])),
    factored('batch', dominant([2, 3, 3]), [0]),
    factored('a batch of two axes', dominant([2, 2, 2, 2])),
    factored('float64', dominant([4, 4], 'float64')),
    factored('in a loop', dominant([10, 10])),
    factored('a batch in a loop', dominant([2, 9, 9]), [0]),
    { ...factored('float16', dominant([3, 3], 'float16')), gradients: [], tolerance: 5e-3 },
    factored('no rows', plain([2, 0, 0], [])),
    {
      name: 'solve',
      inputs: [randomPlain([3, 3]), randomPlain([3, 2], { seed: 2 })],
      run: (x, b) => choleskySolve(cholesky(positive(x!)), b!),
      reference: (x, b) => {
        const l = factorOf(positivePlain(x!));
        const half = substituted(l, matricesOf(b!)[0]!);
        return joined(b!.shape, [solved(l, half, { transposeA: true })]);
      },
    },
    {
      name: 'solve of a vector for a batch',
      inputs: [dominant([2, 3, 3]), randomPlain([3], { seed: 2 })],
      symbolic: [0],
      run: (x, b) => choleskySolve(cholesky(x!), b!),
      reference: (x, b) => {
        const rows = matricesOf(x!).map((matrix) => {
          const l = factorOf(matrix);
          const column = b!.values.map((value) => [value]);
          return solved(l, substituted(l, column), { transposeA: true });
        });
        return joined(x!.shape.slice(0, -1), rows);
      },
    },
    {
      name: 'logDet',
      inputs: [randomPlain([3, 3])],
      run: (x) => choleskyLogDet(cholesky(positive(x!))),
      reference: (x) => {
        const l = factorOf(positivePlain(x!));
        return plain([], [2 * l.reduce((total, row, i) => total + Math.log(row[i]!), 0)]);
      },
    },
  ],
};

import type * as linalg from '../../ops/linalg.ts';
import { dot, linear, matmul, matrixTranspose, outer } from '../../ops/linalg.ts';
import type { MatmulOptions } from '../../ops/linalg.ts';
import { broadcastShapes } from '../../shape.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Plain, Sample, SamplesOf } from '../sample.ts';

const transposed = (x: Plain): Plain => {
  const [rows, columns] = x.shape.slice(-2);
  return fillPlain(
    [...x.shape.slice(0, -2), columns!, rows!],
    (index) => at(x, [...index.slice(0, -2), index.at(-1)!, index.at(-2)!]),
    x.dtype,
  );
};

/** NumPy's matmul by three loops. */
function product(a: Plain, b: Plain): Plain {
  const left = a.shape.length === 1 ? plain([1, ...a.shape], a.values, a.dtype) : a;
  const right = b.shape.length === 1 ? plain([...b.shape, 1], b.values, b.dtype) : b;
  const [rows, inner] = left.shape.slice(-2) as [number, number];
  const columns = right.shape.at(-1)!;
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2), 'product') as number[];
  const all = fillPlain(
    [...batch, rows, columns],
    (index) => {
      const [i, j] = index.slice(-2) as [number, number];
      let sum = 0;
      for (let k = 0; k < inner; k += 1) {
        // A size of 1 in the batch is repeated; in the matrix it is the only place anyway.
        sum += at(left, [...index.slice(0, -2), i, k]) * at(right, [...index.slice(0, -2), k, j]);
      }
      return sum;
    },
    a.dtype,
  );
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [rows]), ...(b.shape.length === 1 ? [] : [columns])];
  return plain(shape, all.values, a.dtype);
}

const multiplied = (
  name: string,
  a: Plain,
  b: Plain,
  { symbolic, ...options }: MatmulOptions & { symbolic?: number[] } = {},
): Sample => ({
  name,
  inputs: [a, b],
  symbolic,
  run: (x, y) => matmul(x!, y!, options),
  reference: (x, y) =>
    product(options.transposeA === true ? transposed(x!) : x!, options.transposeB === true ? transposed(y!) : y!),
});

const affine = (name: string, x: Plain, weight: Plain, bias?: Plain, symbolic?: number[]): Sample => ({
  name,
  inputs: bias === undefined ? [x, weight] : [x, weight, bias],
  symbolic,
  run: (...inputs) => linear(inputs[0]!, inputs[1]!, inputs[2]),
  reference: (a, w, b) => {
    const y = product(a!, transposed(w!));
    return fillPlain(y.shape, (index) => at(y, index) + (b === undefined ? 0 : b.values[index.at(-1)!]!), y.dtype);
  },
});

/** Samples of the ops in `ops/linalg.ts`. */
export const linalgSamples: SamplesOf<typeof linalg> = {
  matmul: [
    multiplied('matrices', randomPlain([2, 3]), randomPlain([3, 2], { seed: 2 })),
    multiplied('a transposed', randomPlain([3, 2]), randomPlain([3, 4], { seed: 2 }), { transposeA: true }),
    multiplied('b transposed', randomPlain([2, 3]), randomPlain([4, 3], { seed: 2 }), { transposeB: true }),
    multiplied('both transposed', randomPlain([3, 2]), randomPlain([4, 3], { seed: 2 }), {
      transposeA: true,
      transposeB: true,
    }),
    multiplied('vector · vector', randomPlain([3]), randomPlain([3], { seed: 2 })),
    multiplied('vector · matrix', randomPlain([3]), randomPlain([3, 2], { seed: 2 })),
    multiplied('matrix · vector', randomPlain([2, 3]), randomPlain([3], { seed: 2 })),
    multiplied('vector · batch', randomPlain([3]), randomPlain([2, 3, 2], { seed: 2 })),
    multiplied('batch · vector', randomPlain([2, 2, 3]), randomPlain([3], { seed: 2 })),
    multiplied('batch · batch', randomPlain([2, 2, 3]), randomPlain([2, 3, 2], { seed: 2 }), { symbolic: [0, 1] }),
    multiplied('batch · matrix', randomPlain([2, 2, 3]), randomPlain([3, 4], { seed: 2 }), { symbolic: [0] }),
    multiplied('batch · transposed matrix', randomPlain([2, 2, 3]), randomPlain([4, 3], { seed: 2 }), {
      transposeB: true,
    }),
    multiplied('matrix · batch', randomPlain([2, 3]), randomPlain([2, 3, 2], { seed: 2 })),
    multiplied('batches broadcast both ways', randomPlain([2, 1, 2, 3]), randomPlain([3, 3, 2], { seed: 2 })),
    multiplied('transposed batches', randomPlain([2, 3, 2]), randomPlain([2, 4, 3], { seed: 2 }), {
      transposeA: true,
      transposeB: true,
      symbolic: [0, 1],
    }),
    multiplied('transposed batch · matrix', randomPlain([2, 3, 2]), randomPlain([3, 2], { seed: 2 }), {
      transposeA: true,
    }),
    multiplied('attention: queries · keysᵀ', randomPlain([2, 2, 3, 4]), randomPlain([2, 2, 3, 4], { seed: 2 }), {
      transposeB: true,
    }),
    multiplied('symbolic rows', randomPlain([2, 3]), randomPlain([3, 2], { seed: 2 }), { symbolic: [0] }),
    multiplied('inner size 0', plain([2, 0], []), plain([0, 3], [])),
    multiplied('inner size 0, transposed', plain([2, 0], []), plain([3, 0], []), { transposeB: true }),
    multiplied('no rows', plain([0, 3], []), randomPlain([3, 2])),
    multiplied('sizes 1', randomPlain([1, 1]), randomPlain([1, 1], { seed: 2 })),
    multiplied(
      'float64',
      randomPlain([2, 3], { dtype: 'float64' }),
      randomPlain([3, 2], { seed: 2, dtype: 'float64' }),
    ),
    multiplied(
      'float64 batches, transposed',
      randomPlain([2, 2, 3], { dtype: 'float64' }),
      randomPlain([2, 4, 3], { seed: 2, dtype: 'float64' }),
      { transposeB: true },
    ),
    multiplied(
      'integers',
      randomPlain([2, 3], { dtype: 'int32', min: -9, max: 9 }),
      randomPlain([3, 2], { seed: 2, dtype: 'int32', min: -9, max: 9 }),
    ),
    multiplied(
      'integers, transposed',
      randomPlain([2, 3], { dtype: 'int32', min: -9, max: 9 }),
      randomPlain([4, 3], { seed: 2, dtype: 'int32', min: -9, max: 9 }),
      { transposeB: true },
    ),
    {
      name: 'dot of vectors',
      inputs: [randomPlain([4]), randomPlain([4], { seed: 2 })],
      run: (a, b) => dot(a!, b!),
      reference: (a, b) => product(a!, b!),
    },
    {
      name: 'dot over the last axis, broadcasting',
      inputs: [randomPlain([2, 4]), randomPlain([4], { seed: 2 })],
      run: (a, b) => dot(a!, b!),
      reference: (a, b) => product(a!, b!),
    },
    {
      name: 'outer',
      inputs: [randomPlain([2]), randomPlain([3], { seed: 2 })],
      run: (a, b) => outer(a!, b!),
      reference: (a, b) => fillPlain([2, 3], ([i, j]) => a!.values[i!]! * b!.values[j!]!),
    },
    {
      name: 'matrixTranspose',
      inputs: [randomPlain([2, 2, 3])],
      run: (a) => matrixTranspose(a!),
      reference: (a) => transposed(a!),
    },
  ],
  linear: [
    affine('with bias', randomPlain([2, 3]), randomPlain([2, 3], { seed: 2 }), randomPlain([2], { seed: 3 })),
    affine('without bias', randomPlain([2, 3]), randomPlain([4, 3], { seed: 2 })),
    affine('a vector', randomPlain([3]), randomPlain([2, 3], { seed: 2 }), randomPlain([2], { seed: 3 })),
    affine('more axes', randomPlain([2, 2, 3]), randomPlain([4, 3], { seed: 2 }), randomPlain([4], { seed: 3 }), [0]),
    affine('no rows', plain([0, 3], []), randomPlain([2, 3], { seed: 2 }), randomPlain([2], { seed: 3 })),
    affine('symbolic rows', randomPlain([2, 3]), randomPlain([4, 3], { seed: 2 }), randomPlain([4], { seed: 3 }), [0]),
    affine('float64', randomPlain([2, 3], { dtype: 'float64' }), randomPlain([2, 3], { seed: 2, dtype: 'float64' })),
  ],
};

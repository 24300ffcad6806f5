import { add, mul } from '../../ops/elementwise.ts';
import { arange, eye, fullLike, linspace, meshgrid, ones, zeros } from '../../ops/creation.ts';
import type { ArangeOptions, EyeOptions } from '../../ops/creation.ts';
import { matmul } from '../../ops/linalg.ts';
import type { DType } from '../../dtype.ts';
import { at, fillPlain, plain, randomPlain } from '../plain.ts';
import type { Sample } from '../sample.ts';

const ranged = (name: string, ends: [number, number?], expected: number[], options: ArangeOptions = {}): Sample => ({
  name,
  inputs: [],
  run: () => (ends[1] === undefined ? arange(ends[0], options) : arange(ends[0], ends[1], options)),
  reference: () => plain([expected.length], expected, options.dtype ?? 'int32'),
});

const spaced = (name: string, [start, stop, count]: [number, number, number]): Sample => ({
  name,
  inputs: [],
  run: () => linspace(start, stop, count),
  reference: () => fillPlain([count], ([i]) => (count === 1 ? start : start + ((stop - start) * i!) / (count - 1))),
});

const identity = (name: string, rows: number, options: EyeOptions & { columns?: number } = {}): Sample => ({
  name,
  inputs: [],
  run: () => eye(rows, options),
  reference: () =>
    fillPlain(
      [rows, options.columns ?? rows],
      ([i, j]) => Number(j === i! + (options.diagonal ?? 0)),
      options.dtype ?? 'float32',
    ),
});

const filled = (name: string, run: typeof zeros, value: number, dtype?: DType): Sample => ({
  name,
  inputs: [],
  run: () => run([2, 3], dtype),
  reference: () => plain([2, 3], value, dtype ?? 'float32'),
});

/** Samples of the functions in `ops/creation.ts`. */
export const creationSamples = {
  zeros: [filled('float32', zeros, 0), filled('int32', zeros, 0, 'int32'), filled('bool', zeros, 0, 'bool')],
  ones: [filled('float32', ones, 1), filled('float64', ones, 1, 'float64'), filled('bool', ones, 1, 'bool')],
  fullLike: [
    {
      name: 'symbolic rows',
      inputs: [randomPlain([2, 3])],
      symbolic: [0],
      run: (x) => mul(x!, fullLike(x!, 2.5)),
      reference: (x) => fillPlain(x!.shape, (index) => 2.5 * at(x!, index)),
    },
  ],
  arange: [
    ranged('from 0', [4], [0, 1, 2, 3]),
    ranged('from a start', [-1, 2], [-1, 0, 1]),
    ranged('steps that do not meet the end', [0, 7], [0, 3, 6], { step: 3 }),
    ranged('down', [3, -1], [3, 1], { step: -2 }),
    ranged('nothing', [3, 1], []),
    ranged('fractions', [0.5, 2], [0.5, 1, 1.5], { step: 0.5, dtype: 'float32' }),
    ranged('as floats', [1, 3], [1, 2], { dtype: 'float64' }),
    ranged('fractions cut to integers', [0, 2], [0, 0, 1, 1], { step: 0.5, dtype: 'int32' }),
  ],
  linspace: [
    spaced('up', [-1, 2, 7]),
    spaced('down', [3, 1, 3]),
    spaced('one', [2, 5, 1]),
    spaced('none', [2, 5, 0]),
    {
      name: 'between tensors',
      inputs: [randomPlain([]), randomPlain([], { seed: 2 })],
      run: (a, b) => linspace(a!, b!, 4),
      reference: (a, b) => fillPlain([4], ([i]) => a!.values[0]! + ((b!.values[0]! - a!.values[0]!) * i!) / 3),
    },
  ],
  eye: [
    identity('square', 3),
    identity('wide, above', 2, { columns: 4, diagonal: 1 }),
    identity('tall, below, integers', 3, { columns: 2, diagonal: -1, dtype: 'int32' }),
    identity('nothing', 0),
    {
      name: 'symbolic size',
      inputs: [randomPlain([3, 2])],
      symbolic: [0],
      run: (x) => matmul(eye(x!.shape[0]!), x!),
      reference: (x) => x!,
    },
  ],
  meshgrid: [
    {
      name: 'xy',
      inputs: [randomPlain([2]), randomPlain([3], { seed: 2 }), randomPlain([2], { seed: 3 })],
      run: (...vectors) => meshgrid(vectors),
      reference: (...vectors) =>
        vectors.map((vector, k) => fillPlain([3, 2, 2], (index) => at(vector, [index[[1, 0, 2][k]!]!]))),
    },
    {
      name: 'ij, symbolic',
      inputs: [randomPlain([2]), randomPlain([3], { seed: 2 })],
      symbolic: [0, 1],
      run: (...vectors) => meshgrid(vectors, { indexing: 'ij' }),
      reference: (...vectors) =>
        vectors.map((vector, k) =>
          fillPlain(
            vectors.map(({ shape }) => shape[0]!),
            (index) => at(vector, [index[k]!]),
          ),
        ),
    },
    {
      name: 'one vector',
      inputs: [randomPlain([3])],
      run: (x) => add(meshgrid([x!])[0]!, 1),
      reference: (x) => fillPlain([3], (index) => at(x!, index) + 1),
    },
  ],
} satisfies Record<string, Sample[]>;

import { ShapeError, formatShape, zeros } from '@gai/core';
import type { XavierOptions } from './scaled.ts';
import { filled } from './initializer.ts';
import type { Initializer } from './initializer.ts';
import { nextStream } from './seed.ts';
import { skipsInitialValues } from './without-initial-values.ts';

/**
 * A random (semi-)orthogonal matrix: rows (or, if there are more rows than columns, columns) of length `gain` that are
 * perpendicular to each other. Axes after the first count as one.
 * @param options.gain - A factor. Default 1.
 * @throws {@link ShapeError} for a shape with fewer than two axes.
 * @example
 * init.orthogonal()([3, 5]).shape; // => [3, 5]
 * @see Saxe et al. 2014, https://arxiv.org/abs/1312.6120
 * @category Initialisation
 */
export function orthogonal(options: XavierOptions = {}): Initializer {
  return (shape, dtype = 'float32') => {
    const [rows, ...rest] = shape;
    if (rows === undefined || rest.length === 0) {
      throw new ShapeError(`orthogonal: too few axes. Got ${formatShape(shape)}; expected at least 2.`, {
        op: 'orthogonal',
      });
    }
    if (skipsInitialValues()) return zeros([...shape], dtype);
    const columns = rest.reduce((product, size) => product * size, 1);
    const wide = rows <= columns;
    const basis = orthonormal(Math.min(rows, columns), Math.max(rows, columns));
    const factor = options.gain ?? 1;
    return filled('orthogonal', { shape, dtype }, (index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return factor * (wide ? basis[row]![column]! : basis[column]![row]!);
    });
  };
}

/** `count` perpendicular unit vectors of `length` elements: Gram and Schmidt on normal vectors, twice for precision. */
function orthonormal(count: number, length: number): Float64Array[] {
  const stream = nextStream();
  const basis: Float64Array[] = [];
  for (let index = 0; index < count; index++) {
    const vector = Float64Array.from({ length }, () => stream.normal());
    for (const other of [...basis, ...basis]) addScaled(vector, other, -dot(vector, other));
    const size = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((value) => value / size));
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let index = 0; index < a.length; index++) total += a[index]! * b[index]!;
  return total;
}

function addScaled(a: Float64Array, b: Float64Array, factor: number): void {
  for (let index = 0; index < a.length; index++) a[index] = a[index]! + factor * b[index]!;
}

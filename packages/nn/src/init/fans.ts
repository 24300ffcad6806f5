import { ShapeError, formatShape } from '@gai/core';

/** How many numbers go into and out of one unit of a weight. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/**
 * Fan-in and fan-out of a weight `[out, in, ...kernel]`: `in` and `out`, each times the size of the kernel.
 * @throws {@link ShapeError} if it has fewer than two axes.
 * @example
 * init.computeFans([8, 3, 5, 5]); // => { fanIn: 75, fanOut: 200 }
 * @category Initialisation
 */
export function computeFans(shape: readonly number[]): Fans {
  const [out, into, ...kernel] = shape;
  if (out === undefined || into === undefined) {
    throw new ShapeError(
      `computeFans: too few axes. Got ${formatShape(shape)}; expected a weight [out, in, ...kernel] with at least 2. ` +
        `Use init.uniform or init.normal for a vector.`,
      { op: 'computeFans', details: { shape } },
    );
  }
  const field = kernel.reduce((product, size) => product * size, 1);
  return { fanIn: into * field, fanOut: out * field };
}

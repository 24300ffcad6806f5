import type { BatchMap } from '../data-loader.ts';
import type { HostBatch } from '../types.ts';

/**
 * One loader `map` from several, applied in order; each sees what the one before returned.
 *
 * All share the batch's random numbers, so putting another step in between changes what later ones draw.
 * @param steps - Functions of (batch, context).
 * @example
 * const toUnit = normalize({ mean: [0], std: [2] });
 * const centred = normalize({ mean: [0.5], std: [1] });
 * const numbers = dataset({ x: Float32Array.of(0, 2) });
 * const loader = numbers.loader({ map: pipeline(toUnit, centred) });
 * loader.length; // => 1
 * @category Transforms
 */
export function pipeline<Row extends object>(...steps: readonly BatchMap<Row, Row>[]): BatchMap<Row, Row> {
  return (batch, context) => {
    let result: HostBatch<Row> | Promise<HostBatch<Row>> = batch;
    for (const step of steps) {
      result = result instanceof Promise ? result.then((value) => step(value, context)) : step(result, context);
    }
    return result;
  };
}

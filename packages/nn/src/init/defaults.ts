import { uniform } from './distributions.ts';
import type { Initializer } from './initializer.ts';
import { kaimingUniform } from './scaled.ts';

/** PyTorch's default for weights `[out, in, ...kernel]`: uniform over ±1/√fanIn. */
export const defaultWeight: Initializer = (shape, dtype) =>
  kaimingUniform({ negativeSlope: Math.sqrt(5) })(shape, dtype);

/** PyTorch's default for the bias beside a weight of that fan-in: uniform over ±1/√fanIn. */
export function defaultBias(fanIn: number): Initializer {
  const bound = 1 / Math.sqrt(fanIn);
  return uniform({ low: -bound, high: bound });
}

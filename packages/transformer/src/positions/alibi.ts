import { cast, iota, mul, sub, tensor, unsqueeze } from '@gai/core';
import type { Dim, Tensor } from '@gai/core';

/**
 * The slopes of ALiBi, one per head: a geometric sequence that begins at its own ratio, `2^(−8 / heads)`; with a number of heads
 * that is no power of 2 the sequence of the next smaller power, then every second one of the next larger.
 * @example
 * alibiSlopes(4); // => [0.25, 0.0625, 0.015625, 0.00390625]
 * @see Press et al. 2021, https://arxiv.org/abs/2108.12409
 * @category Positions
 */
export function alibiSlopes(heads: number): number[] {
  const power = 2 ** Math.floor(Math.log2(heads));
  const sequence = (count: number): number[] =>
    Array.from({ length: count }, (_, head) => 2 ** ((-8 * (head + 1)) / count));
  const rest = sequence(2 * power).filter((_, index) => index % 2 === 0);
  return [...sequence(power), ...rest.slice(0, heads - power)];
}

/**
 * What ALiBi adds to scores that are scaled already: `−slope · distance`, for queries that look back.
 * @param heads - Number of heads.
 * @param queries - Number of queries; the last one stands at the last key.
 * @param keys - Number of keys. Default: as many as queries.
 * @returns `[heads, queries, keys]`, float32; positive for keys after the query, which a causal mask hides.
 * @example
 * await toArray(alibiBias(1, 2)); // => [[[0, 0.00390625], [-0.00390625, 0]]]
 * @category Positions
 */
export function alibiBias(heads: number, queries: Dim, keys: Dim = queries): Tensor {
  const last = sub(iota(keys), sub(keys as number, 1)); // Distances to the last key, [keys]
  const query = sub(iota(queries), sub(queries as number, 1));
  const distance = cast(sub(unsqueeze(last, 0), unsqueeze(query, 1)), 'float32'); // [queries, keys]
  return mul(unsqueeze(tensor(Float32Array.from(alibiSlopes(heads))), [1, 2]), distance);
}

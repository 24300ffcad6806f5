import {
  ArgumentError,
  add,
  cast,
  concat,
  cos,
  mul,
  reshape,
  sin,
  slice,
  stack,
  sub,
  tensor,
  unsqueeze,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { ropeFrequencies } from './rope-frequencies.ts';
import type { RopeParameters } from './rope-frequencies.ts';

/** Cosine and sine of the angle of every pair of features at some positions. */
export interface RotaryAngles {
  /** `[batch or 1, 1, time, dim / 2]`. */
  readonly cos: Tensor;
  /** `[batch or 1, 1, time, dim / 2]`. */
  readonly sin: Tensor;
}

/** Which features form a pair: i and i + dim/2 (Llama's files), or neighbours (GPT-J, and the paper). */
export type RotaryLayout = 'halves' | 'interleaved';

/**
 * The angles of rotary position embeddings.
 * @param positions - `[time]` or `[batch, time]`, int32.
 * @param dim - Features of a head, an even number.
 * @param parameters - Base and scaling.
 * @returns Cosines and sines, float32.
 * @throws {@link ArgumentError} if `dim` is odd.
 * @example
 * const positions = tensor([0, 1, 2], { dtype: 'int32' });
 * rotaryAngles(positions, 8, { ropeType: 'default', ropeTheta: 10_000 }).cos.shape; // => [1, 1, 3, 4]
 * @category Positions
 */
export function rotaryAngles(positions: Tensor, dim: number, parameters: RopeParameters): RotaryAngles {
  if (dim % 2 !== 0) {
    throw new ArgumentError(
      `rotaryAngles: features cannot be paired. Got ${dim} features of a head; expected an even number. Choose another size.`,
      { op: 'rotaryAngles', details: { dim } },
    );
  }
  const rows = positions.shape.length === 1 ? unsqueeze(positions, 0) : positions;
  const angles = mul(cast(unsqueeze(rows, [1, 3]), 'float32'), tensor(ropeFrequencies(dim, parameters)));
  return { cos: cos(angles), sin: sin(angles) };
}

/**
 * Turns each pair of features of queries or keys by the angle of its position: `(a, b) → (a cos − b sin, b cos + a sin)`,
 * so that products of queries and keys depend on their distance alone.
 * @param x - `[batch, heads, time, dim]`.
 * @param angles - {@link rotaryAngles} of the positions.
 * @param layout - Which features form a pair. Default `halves`.
 * @returns The shape and dtype of `x`.
 * @example
 * const x = tensor([[[[1, 0]]]]);
 * const angles = rotaryAngles(tensor([0], { dtype: 'int32' }), 2, { ropeType: 'default', ropeTheta: 10_000 });
 * await toArray(applyRotary(x, angles)); // => [[[[1, 0]]]]
 * @see Su et al. 2021, eq. 34, https://arxiv.org/abs/2104.09864
 * @category Positions
 */
export function applyRotary(x: Tensor, angles: RotaryAngles, layout: RotaryLayout = 'halves'): Tensor {
  const [c, s] = [cast(angles.cos, x.dtype), cast(angles.sin, x.dtype)];
  const dim = x.shape.at(-1) as number;
  const half = dim / 2;
  const front = x.shape.slice(0, -1);
  if (layout === 'halves') {
    const all = front.map(() => null);
    const [a, b] = [slice(x, [...all, [0, half]]), slice(x, [...all, [half, dim]])];
    return concat([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], { axis: -1 });
  }
  const pairs = reshape(x, [...front, half, 2]);
  const all = pairs.shape.slice(0, -1).map(() => null);
  const part = (at: number): Tensor => reshape(slice(pairs, [...all, [at, at + 1]]), [...front, half]);
  const [a, b] = [part(0), part(1)];
  const turned = stack([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], { axis: -1 });
  return reshape(turned, x.shape);
}

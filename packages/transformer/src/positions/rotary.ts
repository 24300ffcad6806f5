import {
  ArgumentError,
  ShapeError,
  add,
  cast,
  concat,
  cos,
  div,
  formatShape,
  greater,
  max,
  mul,
  neg,
  pow,
  reshape,
  sin,
  slice,
  split,
  stack,
  sub,
  tensor,
  unsqueeze,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { needed, ropeFrequencies, steadyLength, turnedFeatures } from './rope-frequencies.ts';
import { attentionFactor } from './rope-parameters.ts';
import type { RopeParameters } from './rope-parameters.ts';

/** Cosine and sine of the angle of every pair of features at some positions. */
export interface RotaryAngles {
  /** `[batch or 1, 1, time, pairs]`. */
  readonly cos: Tensor;
  /** `[batch or 1, 1, time, pairs]`. */
  readonly sin: Tensor;
}

/** Which features form a pair: i and i + dim/2 (Llama's files), or neighbours (GPT-J, and the paper). */
export type RotaryLayout = 'halves' | 'interleaved';

/**
 * The angles of rotary position embeddings. Those of `dynamic` and `longrope` depend on the largest position of the row, so that a row is
 * what it is alone (the reference takes the largest of the batch); keys that a cache holds were turned by the angles of then, as in the
 * reference.
 * @param positions - `[time]` or `[batch, time]`, int32.
 * @param dim - Features of a head, an even number.
 * @param parameters - Base and scaling.
 * @returns Cosines and sines, float32.
 * @throws {@link ArgumentError} if `dim` is odd, or a parameter is missing.
 * @example
 * const positions = tensor([0, 1, 2], { dtype: 'int32' });
 * rotaryAngles(positions, 8, { ropeType: 'default', ropeTheta: 10_000 }).cos.shape; // => [1, 1, 3, 4]
 * @category Positions
 */
export function rotaryAngles(positions: Tensor, dim: number, parameters: RopeParameters): RotaryAngles {
  const { partialRotaryFactor = 1, ropeType } = parameters;
  if (dim % 2 !== 0 && (partialRotaryFactor === 1 || ropeType === 'proportional')) {
    throw new ArgumentError(
      `rotaryAngles: features cannot be paired. Got ${dim} features of a head; expected an even number. Choose another size.`,
      { op: 'rotaryAngles', details: { dim } },
    );
  }
  const rows = positions.shape.length === 1 ? unsqueeze(positions, 0) : positions;
  const places = cast(unsqueeze(rows, [1, 3]), 'float32'); // [batch, 1, time, 1]
  const angles = mul(places, frequenciesAt(places, dim, parameters));
  const factor = attentionFactor(parameters);
  return factor === 1
    ? { cos: cos(angles), sin: sin(angles) }
    : { cos: mul(cos(angles), factor), sin: mul(sin(angles), factor) };
}

/** The frequencies for texts that reach as far as the positions of their rows do: of every row alike, or `[batch, 1, 1, pairs]`. */
function frequenciesAt(places: Tensor, dim: number, parameters: RopeParameters): Tensor {
  const usual = ropeFrequencies(dim, parameters);
  if (steadyLength(parameters) === Infinity) return tensor(usual);
  const length = add(max(places, { axis: 2, keepDims: true }), 1); // [batch, 1, 1, 1]
  if (parameters.ropeType === 'longrope') {
    const context = needed(parameters, 'originalMaxPositionEmbeddings');
    const long = ropeFrequencies(dim, parameters, context + 1);
    return where(greater(length, context), tensor(long), tensor(usual));
  }
  const context = needed(parameters, 'maxPositionEmbeddings');
  const factor = needed(parameters, 'factor');
  const turned = turnedFeatures(dim, parameters);
  const grown = pow(sub(mul(length, factor / context), factor - 1), turned / (turned - 2));
  const exponents = Float32Array.from(usual, (_, pair) => (2 * pair) / turned);
  const powered = pow(mul(where(greater(length, context), grown, 1), parameters.ropeTheta), tensor(exponents));
  return where(greater(length, context), div(1, powered), tensor(usual));
}

/**
 * Turns each pair of features of queries or keys by the angle of its position: `(a, b) → (a cos − b sin, b cos + a sin)`,
 * so that products of queries and keys depend on their distance alone. With angles for fewer pairs the last features stay.
 * @param x - `[batch, heads, time, dim]`.
 * @param angles - {@link rotaryAngles} of the positions.
 * @param layout - Which features form a pair. Default `halves`.
 * @returns The shape and dtype of `x`.
 * @throws {@link ShapeError} if there are angles for more pairs than there are features.
 * @example
 * const x = tensor([[[[1, 0]]]]);
 * const angles = rotaryAngles(tensor([0], { dtype: 'int32' }), 2, { ropeType: 'default', ropeTheta: 10_000 });
 * await toArray(applyRotary(x, angles)); // => [[[[1, 0]]]]
 * @see Su et al. 2021, eq. 34, https://arxiv.org/abs/2104.09864
 * @category Positions
 */
export function applyRotary(x: Tensor, angles: RotaryAngles, layout: RotaryLayout = 'halves'): Tensor {
  const dim = x.shape.at(-1) as number;
  const turned = 2 * (angles.cos.shape.at(-1) as number);
  if (turned > dim) throw tooMany(x, turned / 2);
  if (turned === dim) return turn(x, angles, layout);
  const all = x.shape.slice(0, -1).map(() => null);
  const [first, rest] = [slice(x, [...all, [0, turned]]), slice(x, [...all, [turned, dim]])];
  return concat([turn(first, angles, layout), rest], { axis: -1 });
}

/** Every pair of `x` turned. */
function turn(x: Tensor, angles: RotaryAngles, layout: RotaryLayout): Tensor {
  const [c, s] = [cast(angles.cos, x.dtype), cast(angles.sin, x.dtype)];
  const dim = x.shape.at(-1) as number;
  const half = dim / 2;
  const front = x.shape.slice(0, -1);
  if (layout === 'halves') {
    const [a, b] = split(x, [half, half], { axis: -1 }) as [Tensor, Tensor];
    const [both, signed] = [concat([c, c], { axis: -1 }), concat([neg(s), s], { axis: -1 })];
    return add(mul(x, both), mul(concat([b, a], { axis: -1 }), signed));
  }
  const pairs = reshape(x, [...front, half, 2]);
  const all = pairs.shape.slice(0, -1).map(() => null);
  const part = (at: number): Tensor => reshape(slice(pairs, [...all, [at, at + 1]]), [...front, half]);
  const [a, b] = [part(0), part(1)];
  const both = stack([sub(mul(a, c), mul(b, s)), add(mul(b, c), mul(a, s))], { axis: -1 });
  return reshape(both, x.shape);
}

const tooMany = (x: Tensor, pairs: number): ShapeError =>
  new ShapeError(
    `applyRotary: there are more angles than features. Got ${pairs} pairs for x ${formatShape(x.shape)}; expected at most half as many as ` +
      `features in its last axis. Take angles for as many features.`,
    { op: 'applyRotary', details: { pairs } },
  );

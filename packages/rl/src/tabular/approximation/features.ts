import { checkOptionNames } from '@gai/core/errors';
import { checkInteger, checkNumber, refusal } from '../errors.ts';

/**
 * A map from observations to feature vectors, given by their nonzero entries.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface Features<Observation> {
  /** Length of the feature vector. */
  readonly size: number;
  /** Most entries that are not zero. */
  readonly maxActive: number;
  /** Writes the nonzero entries' indices and values; returns how many. */
  encode(observation: Observation, indices: Int32Array, values: Float64Array): number;
}

/**
 * State aggregation: states `0 … numStates−1` fall into `groups` equal groups that share one value each.
 *
 * @param numStates - How many states.
 * @param groups - How many groups.
 * @example
 * import { stateAggregation } from '@gai/rl/tabular';
 * const index = new Int32Array(1);
 * stateAggregation(1000, 10).encode(250, index, new Float64Array(1));
 * index[0]; // => 2
 * @see Sutton & Barto 2018, example 9.1
 * @category Function approximation
 * @since 0.1.0
 */
export function stateAggregation(numStates: number, groups: number): Features<number> {
  checkInteger('stateAggregation', 'numStates', [numStates, 1, 1e9]);
  checkInteger('stateAggregation', 'groups', [groups, 1, numStates]);
  return {
    size: groups,
    maxActive: 1,
    encode(state, indices, values) {
      indices[0] = Math.floor((state * groups) / numStates);
      values[0] = 1;
      return 1;
    },
  };
}

/**
 * Options of {@link tileCoding}.
 *
 * @category Function approximation
 * @since 0.1.0
 */
export interface TileCodingOptions {
  /** Smallest value of each dimension. */
  readonly low: readonly number[];
  /** Largest value of each dimension. */
  readonly high: readonly number[];
  /** Overlapping grids. Default 8. */
  readonly tilings?: number | undefined;
  /** Tiles per dimension. Default 8. */
  readonly tiles?: number | undefined;
}

/**
 * Tile coding: several grids, each shifted by another fraction of a tile; one tile per grid is active.
 *
 * Shifts are asymmetric, `tiling·(2d+1)/tilings` of a tile in dimension d, as Sutton & Barto advise. No hashing: the
 * vector has `tilings·(tiles+1)^dimensions` entries. Observations outside the bounds are clipped to them. Use
 * `alpha / tilings` as step size.
 *
 * @param options.low - Bounds below.
 * @param options.high - Bounds above.
 * @throws ArgumentError if the bounds do not fit, `TOO_LARGE` above 100 million tiles.
 * @example
 * import { tileCoding } from '@gai/rl/tabular';
 * const tiles = tileCoding({ low: [-1.2, -0.07], high: [0.5, 0.07] });
 * tiles.size; // => 648
 * @see Sutton & Barto 2018, section 9.5.4
 * @category Function approximation
 * @since 0.1.0
 */
export function tileCoding(options: TileCodingOptions): Features<ArrayLike<number>> {
  checkOptionNames('tileCoding', options, ['low', 'high', 'tilings', 'tiles']);
  const { low, high, tilings = 8, tiles = 8 } = options;
  const dimensions = low.length;
  checkInteger('tileCoding', 'tilings', [tilings, 1, 4096]);
  checkInteger('tileCoding', 'tiles', [tiles, 1, 1_000_000]);
  const isOrdered = dimensions > 0 && low.every((x, d) => x < (high[d] ?? Number.NaN));
  if (!isOrdered || high.length !== dimensions) {
    throw refusal('ARGUMENT', {
      op: 'tileCoding',
      problem: 'the bounds do not fit',
      got: `low [${low.join(', ')}] and high [${high.join(', ')}]`,
      expected: 'equally many numbers, each low below its high',
      fix: 'Pass finite bounds of every dimension.',
    });
  }
  const perTiling = (tiles + 1) ** dimensions;
  checkInteger('tileCoding', 'size', [tilings * perTiling, 1, 100_000_000]);
  return {
    size: tilings * perTiling,
    maxActive: tilings,
    encode(observation, indices, values) {
      for (let tiling = 0; tiling < tilings; tiling++) {
        let index = 0;
        for (let d = 0; d < dimensions; d++) {
          const range = high[d]! - low[d]!;
          const x = Math.min(Math.max((observation[d]! - low[d]!) / range, 0), 1) * tiles;
          const shift = ((tiling * (2 * d + 1)) % tilings) / tilings;
          index = index * (tiles + 1) + Math.min(Math.floor(x + shift), tiles);
        }
        indices[tiling] = tiling * perTiling + index;
        values[tiling] = 1;
      }
      return tilings;
    },
  };
}

/**
 * Fourier features of one variable in `[low, high]`: `cos(i π x)` for i = 0 … order, x scaled to [0, 1].
 *
 * @param order - Highest frequency.
 * @param range - `[low, high]`.
 * @example
 * import { fourierBasis } from '@gai/rl/tabular';
 * fourierBasis(5, [0, 999]).size; // => 6
 * @see Konidaris, Osentoski & Thomas 2011, Value function approximation using the Fourier basis
 * @category Function approximation
 * @since 0.1.0
 */
export function fourierBasis(order: number, range: readonly [number, number]): Features<number> {
  checkInteger('fourierBasis', 'order', [order, 0, 1_000_000]);
  checkNumber('fourierBasis', 'range width', [range[1] - range[0], Number.MIN_VALUE, Infinity]);
  return basis(order + 1, (x, i) => Math.cos(i * Math.PI * x), range);
}

/**
 * Polynomial features of one variable in `[low, high]`: `x^i` for i = 0 … order, x scaled to [0, 1].
 *
 * @param order - Highest power.
 * @param range - `[low, high]`.
 * @example
 * import { polynomialBasis } from '@gai/rl/tabular';
 * polynomialBasis(5, [0, 999]).size; // => 6
 * @see Sutton & Barto 2018, section 9.5.1
 * @category Function approximation
 * @since 0.1.0
 */
export function polynomialBasis(order: number, range: readonly [number, number]): Features<number> {
  checkInteger('polynomialBasis', 'order', [order, 0, 1000]);
  checkNumber('polynomialBasis', 'range width', [range[1] - range[0], Number.MIN_VALUE, Infinity]);
  return basis(order + 1, (x, i) => x ** i, range);
}

function basis(
  size: number,
  feature: (x: number, i: number) => number,
  [low, high]: readonly [number, number],
): Features<number> {
  return {
    size,
    maxActive: size,
    encode(observation, indices, values) {
      const x = (observation - low) / (high - low);
      for (let i = 0; i < size; i++) {
        indices[i] = i;
        values[i] = feature(x, i);
      }
      return size;
    },
  };
}

/** One weight vector over features, with buffers so that a step allocates nothing. */
export class LinearFunction<Observation> {
  readonly features: Features<Observation>;
  readonly weights: Float64Array;
  readonly #indices: Int32Array;
  readonly #entries: Float64Array;

  constructor(features: Features<Observation>, outputs = 1) {
    this.features = features;
    this.weights = new Float64Array(features.size * outputs);
    this.#indices = new Int32Array(features.maxActive);
    this.#entries = new Float64Array(features.maxActive);
  }

  /** `w · x(observation)` of one output. */
  value(observation: Observation, output = 0): number {
    const count = this.features.encode(observation, this.#indices, this.#entries);
    const base = output * this.features.size;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.weights[base + this.#indices[i]!]! * this.#entries[i]!;
    return sum;
  }

  /** `w ← w + step · x(observation)` of one output. */
  add(observation: Observation, step: number, output = 0): void {
    const count = this.features.encode(observation, this.#indices, this.#entries);
    const base = output * this.features.size;
    for (let i = 0; i < count; i++) this.weights[base + this.#indices[i]!]! += step * this.#entries[i]!;
  }
}

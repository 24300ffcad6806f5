import type { Env } from '../env.ts';
import { Box } from '../spaces/box.ts';
import type { Space } from '../spaces/space.ts';
import { TransformObservation } from './transform-observation.ts';

/** The unbounded float32 `Box` of a space's flat vectors (bounds kept for a `Box`, [0, 1] for one-hot parts). */
export function flattenSpace(space: Space): Box {
  if (space instanceof Box) return new Box({ low: space.low, high: space.high, shape: [space.flatSize] });
  const oneHot = ['Discrete', 'MultiDiscrete', 'MultiBinary'].includes(space.kind);
  return new Box({ low: oneHot ? 0 : -Infinity, high: oneHot ? 1 : Infinity, shape: [space.flatSize] });
}

/**
 * Gives every observation as one Float32Array: numbers in order, discrete choices one-hot (`space.flatten`).
 *
 * @example
 * import { FlattenObservation, make } from '@gai/rl';
 * const env = new FlattenObservation(make('FrozenLake-v1'));
 * env.reset({ seed: 0 }).observation.indexOf(1); // => 0
 * @category Wrappers
 * @since 0.1.0
 */
export class FlattenObservation<InnerObservation, Action> extends TransformObservation<
  Float32Array,
  Action,
  InnerObservation
> {
  constructor(env: Env<InnerObservation, Action>) {
    const space = env.observationSpace;
    super(env, (observation) => Float32Array.from(space.flatten(observation)), flattenSpace(space));
  }
}

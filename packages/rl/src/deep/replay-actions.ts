import type { TypedArray } from '@gai/core';
import { argumentError } from '../errors.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import type { Space } from '../spaces/space.ts';
import type { Random } from '../tabular/random.ts';
import type { ActionCodec } from './action-head.ts';

/** Actions as a replay buffer keeps them: choices from 0, boxes scaled to [−1, 1]. */
export interface ReplayActions extends ActionCodec {
  /** Numbers of one action. */
  readonly size: number;
  /** Choices of a `Discrete`; 0 for a box. */
  readonly choices: number;
  /** Actions drawn uniformly, one after another. */
  random(random: Random, count: number): Int32Array | Float32Array;
}

/**
 * How an off-policy agent has the actions of a space.
 *
 * @throws ArgumentError for a space of another kind, or a box without bounds.
 */
export function replayActions(op: string, space: Space, kind: 'Discrete' | 'Box'): ReplayActions {
  if (kind === 'Discrete' && space instanceof Discrete) return choices(space);
  if (kind === 'Box' && space instanceof Box) return scaled(op, space as Box);
  throw argumentError(
    op,
    `it cannot act in this space. Got ${space.toString()}; expected a ${kind}. ` +
      (kind === 'Box' ? 'Take DQN or PPO for choices.' : 'Take PPO, or SAC for a Box.'),
  );
}

function choices({ n, start }: Discrete): ReplayActions {
  return {
    size: 1,
    choices: n,
    shape: [],
    dtype: 'int32',
    random: (random, count) => Int32Array.from({ length: count }, () => random.integer(n)),
    toEnv: (samples) => (start === 0 ? (samples as Int32Array) : (samples as Int32Array).map((index) => index + start)),
    toAction: (samples) => Number(samples[0]) + start,
  };
}

function scaled(op: string, { flatSize, low, high, shape }: Box): ReplayActions {
  if (![...low, ...high].every(Number.isFinite)) {
    throw argumentError(
      op,
      `the actions have no bounds. Got low ${low.join(', ')} and high ${high.join(', ')}; expected finite ones. Wrap the env ` +
        'so that its actions have bounds.',
    );
  }
  const toEnv = (samples: TypedArray): Float32Array =>
    (samples as Float32Array).map((value, index) => {
      const [least, most] = [low[index % flatSize]!, high[index % flatSize]!];
      return Math.min(Math.max(least + 0.5 * (value + 1) * (most - least), least), most);
    });
  return {
    size: flatSize,
    choices: 0,
    shape: shape.length === 0 ? [1] : shape,
    dtype: 'float32',
    random: (random, count) => Float32Array.from({ length: count * flatSize }, () => 2 * random.uniform() - 1),
    toEnv,
    toAction: toEnv,
  };
}

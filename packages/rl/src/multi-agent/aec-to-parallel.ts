import { argumentError, show } from '../errors.ts';
import { AecAsParallel } from './aec-as-parallel.ts';
import type { AECEnv } from './aec-env.ts';
import type { ParallelEnv } from './parallel-env.ts';
import { ParallelAsAec } from './parallel-to-aec.ts';

/**
 * An env whose agents act one after another, as one in which they act at once, with PettingZoo's `aec_to_parallel`.
 *
 * That is only sound where nothing changes before everybody has acted, which the env says by `isParallelizable`; games with turns
 * go through {@link turnBasedAecToParallel}. What {@link parallelToAec} made is unwrapped.
 *
 * @param env - Everybody in `agents` acts once a cycle, in order; who ends does so at the end of one.
 * @throws ArgumentError for an env that is not parallelizable.
 * @throws StateError from `step` where an agent is left out of a cycle, or ends within one.
 * @example
 * import { aecToParallel, parallelToAec, TicTacToe, turnBasedAecToParallel } from '@gai/rl/multi-agent';
 * const env = turnBasedAecToParallel(new TicTacToe());
 * aecToParallel(parallelToAec(env)) === env; // => true
 * @category Several agents
 * @since 0.1.0
 */
export function aecToParallel<Observation, Action>(env: AECEnv<Observation, Action>): ParallelEnv<Observation, Action> {
  if (env instanceof ParallelAsAec) return (env as ParallelAsAec<Observation, Action>).env;
  if (env.isParallelizable === true) return new AecAsParallel(env);
  throw argumentError(
    'aecToParallel',
    `agents of this env do not act at once. Got isParallelizable ${show(env.isParallelizable)}; expected true. Use ` +
      'turnBasedAecToParallel for a game with turns, or set it where the env changes only once everybody has acted.',
  );
}

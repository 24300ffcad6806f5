import { checkOptionNames } from '@gai/core/errors';
import type { Env, EnvState } from '../env.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { Batched } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';
import { actionsOf } from './actions.ts';
import { Assembler } from './assemble.ts';
import { EnvSlice, spreadMask, spreadSeeds } from './env-slice.ts';
import type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from './vector-env.ts';

/**
 * Several envs stepped one after another in this thread, as Gymnasium's `SyncVectorEnv`.
 *
 * @example
 * import { CartPole, SyncVectorEnv } from '@gai/rl';
 * const envs = new SyncVectorEnv([() => new CartPole(), () => new CartPole()]);
 * envs.reset({ seed: 0 }).observations.length; // => 8
 * [...envs.step([0, 1]).rewards];              // => [1, 1]
 * @category Vector environments
 * @since 0.1.0
 */
export class SyncVectorEnv<Observation, Action> implements VectorEnv<Observation, Action> {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<Observation>;
  readonly singleActionSpace: Space<Action>;
  readonly autoresetMode: AutoresetMode;
  /** The envs themselves. */
  readonly envs: readonly Env<Observation, Action>[];
  readonly #slice: EnvSlice;
  readonly #assembler: Assembler<Observation>;

  /**
   * @param makers - One function per env.
   * @param options - `autoresetMode`, default `'next-step'`.
   * @throws ArgumentError if there is no env.
   */
  constructor(
    makers: readonly (() => Env<Observation, Action>)[],
    options: { autoresetMode?: AutoresetMode | undefined } = {},
  ) {
    checkOptionNames('SyncVectorEnv', options, ['autoresetMode']);
    const { autoresetMode = 'next-step' } = options;
    checkCount('SyncVectorEnv', 'number of envs', makers.length);
    this.envs = makers.map((make) => make());
    this.numEnvs = this.envs.length;
    this.singleObservationSpace = this.envs[0]!.observationSpace;
    this.singleActionSpace = this.envs[0]!.actionSpace;
    this.autoresetMode = autoresetMode;
    this.#slice = new EnvSlice(this.envs, autoresetMode);
    this.#assembler = new Assembler(this.singleObservationSpace, this.numEnvs);
  }

  reset(given: VectorResetOptions = {}): VectorResetResult<Observation> {
    checkOptionNames('reset', given, ['seed', 'options', 'mask']);
    const { seed, options, mask } = given;
    const records = this.#slice.reset(spreadSeeds(this.numEnvs, seed), spreadMask(this.numEnvs, mask), options);
    return this.#assembler.reset(records);
  }

  step(actions: ArrayLike<Action> | Batched<Action>): VectorStepResult<Observation> {
    return this.#assembler.step(this.#slice.step(actionsOf(this.singleActionSpace, actions, this.numEnvs)));
  }

  getState(): EnvState | undefined {
    return this.#slice.getState();
  }

  setState(state: EnvState): void {
    this.#slice.setState(state);
  }

  close(): void {
    this.#slice.close();
  }
}

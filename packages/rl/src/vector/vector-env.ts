import type { EnvState, Info } from '../env.ts';
import type { Batched } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';

/**
 * When a finished env of a vector env starts its next episode (Gymnasium's `AutoresetMode`).
 *
 * - `'next-step'`: at the next step; its action is ignored, its reward 0, its observation the first of the new episode.
 * - `'same-step'`: at once; the observation is the new episode's, `infos[i].finalObservation` and `.finalInfo` the old's.
 * - `'disabled'`: never; reset finished envs with `reset({ mask })` before the next step.
 *
 * @category Vector environments
 * @since 0.1.0
 */
export type AutoresetMode = 'next-step' | 'same-step' | 'disabled';

/** Arguments of a vector env's `reset`. */
export interface VectorResetOptions {
  /** One seed s gives env i the seed s + i; a list gives each its own. */
  seed?: number | readonly (number | undefined)[] | undefined;
  /** Passed to every env. */
  options?: Readonly<Record<string, unknown>> | undefined;
  /** Resets only the envs whose entry is true (or 1). Default all. */
  mask?: ArrayLike<boolean | number> | undefined;
}

/** What a vector env's `reset` gives. */
export interface VectorResetResult<Observation> {
  observations: Batched<Observation>;
  infos: readonly Info[];
}

/**
 * What a vector env's `step` gives: everything of {@link VectorEnv.numEnvs} envs, in order.
 *
 * The arrays are new every time and nobody writes to them again. Small ones may be parts of a larger buffer, as Node's
 * Buffers are: hand on the array, not its `buffer`. Where no env has an info, `infos` is one shared, frozen list.
 */
export interface VectorStepResult<Observation> {
  observations: Batched<Observation>;
  rewards: Float64Array;
  /** 1 where the env terminated. */
  terminations: Uint8Array;
  /** 1 where the env was truncated. */
  truncations: Uint8Array;
  infos: readonly Info[];
}

/**
 * Several copies of an env stepped together. {@link SyncVectorEnv} returns results, {@link WorkerVectorEnv} promises of
 * the same results; `await` works on both.
 *
 * @category Vector environments
 * @since 0.1.0
 */
export interface VectorEnv<Observation = unknown, Action = unknown> {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<Observation>;
  readonly singleActionSpace: Space<Action>;
  readonly autoresetMode: AutoresetMode;
  reset(options?: VectorResetOptions): VectorResetResult<Observation> | Promise<VectorResetResult<Observation>>;
  /** @param actions - One action per env: a list, or one typed array with the actions one after another. */
  step(
    actions: ArrayLike<Action> | Batched<Action>,
  ): VectorStepResult<Observation> | Promise<VectorStepResult<Observation>>;
  /** What all envs go on from, as plain JSON; undefined where one of them cannot say. */
  getState?(): EnvState | undefined;
  /** Goes on from what `getState` gave, without a reset. */
  setState?(state: EnvState): void;
  close(): void | Promise<void>;
}

import type { Space } from './spaces/space.ts';

/**
 * Diagnostic facts beside an observation (episode statistics, probabilities, action masks). Never needed to learn.
 *
 * @category Environments
 * @since 0.1.0
 */
export type Info = Readonly<Record<string, unknown>>;

/**
 * What `reset` returns: the first observation of an episode and diagnostics.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface ResetResult<Observation> {
  observation: Observation;
  info: Info;
}

/**
 * What `step` returns, in Gymnasium's five parts.
 *
 * **Reuse.** An env may return the same object from every step: its fields are valid until the next `step` or `reset`.
 * Read the fields you need; copy the object if you keep it (`{ ...result }`). Array observations come from two
 * alternating buffers, so the observation of one step survives exactly one more `step` or `reset` (enough for a
 * transition (s, a, r, s')); a replay buffer copies them. Nothing is allocated per step this way.
 *
 * - `reward`: immediate reward, in the env's own unit.
 * - `terminated`: the MDP reached a terminal state; the value after it is 0.
 * - `truncated`: the episode was cut from outside (a step limit); the value after it must still be bootstrapped.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface StepResult<Observation> {
  observation: Observation;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/**
 * Arguments of `reset`.
 *
 * - `seed`: reseeds the env's generator (NumPy's PCG64), a non-negative safe integer. Without it the generator goes on.
 * - `options`: settings of this one reset. Every env of this package takes `{ state }`, the state to start from;
 *   classic control also takes Gymnasium's `{ low, high }` bounds of the initial draw.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface ResetOptions {
  seed?: number | undefined;
  options?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * An RGB picture: `data` holds height·width·3 bytes, row by row from the top left. With `channels: 3` added it is an `Image`
 * of `@gai/data`, whose `encodePng` and `encodeApng` write it into a file.
 *
 * @category Environments
 * @since 0.1.0
 */
export interface RgbFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * How an env draws itself: `'ansi'` gives text, `'rgb_array'` an {@link RgbFrame}.
 *
 * @category Environments
 * @since 0.1.0
 */
export type RenderMode = 'ansi' | 'rgb_array';

/**
 * What an env goes on from: plain JSON, which only an env of the same kind understands.
 *
 * @category Environments
 * @since 0.1.0
 */
export type EnvState = Readonly<Record<string, unknown>>;

/**
 * An environment with Gymnasium's interface. A plain object that has these members is an env; no base class is needed.
 *
 * `reset` must be called before the first `step`, and again once `terminated` or `truncated` was true.
 * `step` results are reused: see {@link StepResult}.
 *
 * @typeParam Observation - An element of `observationSpace` (a number for `Discrete`, a typed array for `Box`).
 * @typeParam Action - An element of `actionSpace`.
 * @example
 * import { make } from '@gai/rl';
 * const env = make('CartPole-v1');
 * env.reset({ seed: 42 });
 * env.step(1).reward; // => 1
 * @category Environments
 * @since 0.1.0
 */
export interface Env<Observation = unknown, Action = unknown> {
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  /** Starts an episode. `{ seed }` makes it repeatable; `{ options: { state } }` starts from a state. */
  reset(options?: ResetOptions): ResetResult<Observation>;
  /** Takes one action. The result may be reused by the next call. */
  step(action: Action): StepResult<Observation>;
  /** Draws the current state, as text or as an RGB frame. */
  render?(mode?: RenderMode): string | RgbFrame;
  /** Everything an env goes on from, its generator included, as plain JSON: a resumed run needs it. */
  getState?(): EnvState;
  /** Goes on from what `getState` gave, without a reset. */
  setState?(state: EnvState): void;
  /** Releases what the env holds (workers, files). Safe to call twice. */
  close?(): void;
}

import type { Env, EnvState, Info, ResetOptions, ResetResult } from '../env.ts';
import { NO_INFO } from '../envs/reset-options.ts';
import { argumentError, show, stateError } from '../errors.ts';
import { copyValue } from '../tabular/copy-value.ts';
import { innerEnv } from '../wrappers/wrapper.ts';
import type { AutoresetMode, VectorResetOptions } from './vector-env.ts';

/** One env's part of a step or reset. */
export interface EnvRecord {
  observation: unknown;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/** One seed per env, from one seed or a list. */
export function spreadSeeds(count: number, seed: VectorResetOptions['seed']): (number | undefined)[] {
  if (seed === undefined || typeof seed === 'number') {
    return Array.from({ length: count }, (_, index) => (seed === undefined ? undefined : seed + index));
  }
  if (seed.length === count) return [...seed];
  throw argumentError(
    'VectorEnv.reset',
    `wrong number of seeds. Got ${seed.length}; expected ${count}, one per env. Pass one number or ${count}.`,
  );
}

/** Which envs to reset, from a mask. */
export function spreadMask(count: number, mask: VectorResetOptions['mask']): boolean[] {
  if (mask === undefined) return new Array<boolean>(count).fill(true);
  if (mask.length === count && Array.from(mask).some(Boolean)) return Array.from(mask, Boolean);
  throw argumentError(
    'VectorEnv.reset',
    `the mask does not fit. Got ${show(mask)}; expected ${count} entries, at least one true. Mark the envs to reset.`,
  );
}

/**
 * A list of envs with their autoreset: what a synchronous vector env holds once, and each worker for its share.
 *
 * The records are reused, and hold what the envs gave them, buffers of the envs included: copy what is kept beyond the next
 * step.
 */
export class EnvSlice {
  readonly envs: readonly Env[];
  readonly #mode: AutoresetMode;
  readonly #records: EnvRecord[];
  readonly #finished: boolean[];

  constructor(envs: readonly Env[], mode: AutoresetMode) {
    this.envs = envs;
    this.#mode = mode;
    this.#records = envs.map(() => ({
      observation: undefined,
      reward: 0,
      terminated: false,
      truncated: false,
      info: NO_INFO,
    }));
    this.#finished = envs.map(() => false);
  }

  /** Resets the envs of the mask; the others keep their last observation. */
  reset(
    seeds: readonly (number | undefined)[],
    mask: readonly boolean[],
    options: ResetOptions['options'],
  ): EnvRecord[] {
    this.envs.forEach((env, index) => {
      const record = this.#records[index]!;
      record.info = NO_INFO;
      if (mask[index] !== true) return;
      startEpisode(record, env.reset({ seed: seeds[index], options }));
      this.#finished[index] = false;
    });
    return this.#records;
  }

  /** Steps every env, resetting finished ones as the mode says. */
  step(actions: ArrayLike<unknown>): EnvRecord[] {
    if (this.#mode === 'disabled' && this.#finished.includes(true)) throw mustBeReset(this.#finished.indexOf(true));
    for (let index = 0; index < this.envs.length; index++) this.#stepOne(index, actions[index]);
    return this.#records;
  }

  #stepOne(index: number, action: unknown): void {
    const env = this.envs[index]!;
    const record = this.#records[index]!;
    if (this.#finished[index] === true) {
      startEpisode(record, env.reset());
      this.#finished[index] = false;
      return;
    }
    const result = env.step(action);
    record.observation = result.observation;
    record.reward = result.reward;
    record.terminated = result.terminated;
    record.truncated = result.truncated;
    record.info = result.info;
    if (!result.terminated && !result.truncated) return;
    if (this.#mode === 'same-step') replaceFinal(record, env);
    else this.#finished[index] = true;
  }

  /** What the envs go on from; undefined if one of them cannot say. */
  getState(): EnvState | undefined {
    if (!this.envs.every(canBeSaved)) return undefined;
    return { envs: this.envs.map((env) => env.getState!()), finished: [...this.#finished] };
  }

  setState({ envs, finished }: EnvState): void {
    this.envs.forEach((env, index) => env.setState!((envs as EnvState[])[index]!));
    this.#finished.splice(0, this.envs.length, ...(finished as boolean[]));
  }

  close(): void {
    for (const env of this.envs) env.close?.();
  }
}

/** Whether an env, and every one inside it, says what it goes on from. */
function canBeSaved(env: Env): boolean {
  for (let current: Env | undefined = env; current !== undefined; current = innerEnv(current)) {
    if (current.getState === undefined || current.setState === undefined) return false;
  }
  return true;
}

function startEpisode(record: EnvRecord, { observation, info }: ResetResult<unknown>): void {
  record.observation = observation;
  record.reward = 0;
  record.terminated = false;
  record.truncated = false;
  record.info = info;
}

/** Starts the next episode; the end of the last one, which the reset may write over, is kept in the info. */
function replaceFinal(record: EnvRecord, env: Env): void {
  const final = { finalObservation: copyValue(record.observation), finalInfo: copyValue(record.info) };
  const { observation, info } = env.reset();
  record.observation = observation;
  record.info = { ...info, ...final };
}

function mustBeReset(index: number): Error {
  return stateError(
    'VectorEnv.step',
    `env ${index} has finished. Got a step; expected a reset of it. Call reset({ mask }) for the finished envs.`,
  );
}

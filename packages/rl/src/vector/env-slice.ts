import type { Env, Info, ResetOptions } from '../env.ts';
import { argumentError, show, stateError } from '../errors.ts';
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

/** A list of envs with their autoreset: what a synchronous vector env holds once, and each worker for its share. */
export class EnvSlice {
  readonly envs: readonly Env[];
  private readonly mode: AutoresetMode;
  private readonly records: EnvRecord[];
  private readonly finished: boolean[];

  constructor(envs: readonly Env[], mode: AutoresetMode) {
    this.envs = envs;
    this.mode = mode;
    this.records = envs.map(() => ({
      observation: undefined,
      reward: 0,
      terminated: false,
      truncated: false,
      info: {},
    }));
    this.finished = envs.map(() => false);
  }

  /** Resets the envs of the mask; the others keep their last observation. */
  reset(
    seeds: readonly (number | undefined)[],
    mask: readonly boolean[],
    options: ResetOptions['options'],
  ): EnvRecord[] {
    return this.envs.map((env, index) => {
      const record = this.records[index]!;
      record.info = {};
      if (mask[index] === true) {
        const { observation, info } = env.reset({ seed: seeds[index], options });
        Object.assign(record, { observation: copy(observation), reward: 0, terminated: false, truncated: false, info });
        this.finished[index] = false;
      }
      return record;
    });
  }

  /** Steps every env, resetting finished ones as the mode says. */
  step(actions: readonly unknown[]): EnvRecord[] {
    return this.envs.map((env, index) => {
      const record = this.records[index]!;
      if (this.finished[index] === true && this.mode === 'next-step') this.startNext(env, record);
      else if (this.finished[index] === true && this.mode === 'disabled') {
        throw stateError(
          'VectorEnv.step',
          `env ${index} has finished. Got a step; expected a reset of it. Call reset({ mask }) for the finished envs.`,
        );
      } else this.stepOne(env, record, actions[index]);
      this.finished[index] = record.terminated || record.truncated;
      if (this.finished[index] === true && this.mode === 'same-step') {
        this.replaceFinal(env, record);
        this.finished[index] = false;
      }
      return record;
    });
  }

  private startNext(env: Env, record: EnvRecord): void {
    const { observation, info } = env.reset();
    Object.assign(record, { observation: copy(observation), reward: 0, terminated: false, truncated: false, info });
  }

  private stepOne(env: Env, record: EnvRecord, action: unknown): void {
    const result = env.step(action);
    record.observation = result.observation;
    record.reward = result.reward;
    record.terminated = result.terminated;
    record.truncated = result.truncated;
    record.info = { ...result.info };
  }

  private replaceFinal(env: Env, record: EnvRecord): void {
    const final = { finalObservation: copy(record.observation), finalInfo: record.info };
    const { observation, info } = env.reset();
    record.observation = copy(observation);
    record.info = { ...info, ...final };
  }

  close(): void {
    for (const env of this.envs) env.close?.();
  }
}

/** A copy of an observation whose buffer the env may reuse. */
function copy(observation: unknown): unknown {
  return ArrayBuffer.isView(observation) && 'slice' in observation
    ? (observation as unknown as Float32Array).slice()
    : observation;
}

import { checkOptionNames } from '@gai/core/errors';
import type { Env } from '../env.ts';
import { make, type EnvTypes, type MakeOptions } from '../registry.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { SyncVectorEnv } from './sync-vector-env.ts';
import type { AutoresetMode } from './vector-env.ts';
import { WorkerVectorEnv } from './worker-vector-env.ts';

/** Settings of {@link makeVec} and {@link makeWorkerVec}. */
export interface MakeVecOptions {
  /** How many envs. */
  numEnvs: number;
  /** When finished envs start again. Default `'next-step'`. */
  autoresetMode?: AutoresetMode | undefined;
  /** Settings of each env, as for `make`. */
  envOptions?: MakeOptions | undefined;
}

/** Settings of {@link makeWorkerVec}. */
export interface MakeWorkerVecOptions extends MakeVecOptions {
  /** How many workers share the envs. Default: one per env, at most 4. */
  numWorkers?: number | undefined;
  /** Module to import in each worker first, for ids it registers. */
  module?: string | undefined;
  /** Node's flags for the workers. */
  execArgv?: readonly string[] | undefined;
}

const WORKER_VEC_OPTIONS = ['numWorkers', 'module', 'execArgv', 'numEnvs', 'autoresetMode', 'envOptions'];

/** Observation type of an env type. */
export type ObservationOf<E> = E extends Env<infer Observation, infer _Action> ? Observation : never;
/** Action type of an env type. */
export type ActionOf<E> = E extends Env<infer _Observation, infer Action> ? Action : never;

/**
 * Several copies of a registered env in this thread.
 *
 * @example
 * import { makeVec } from '@gai/rl';
 * const envs = makeVec('CartPole-v1', { numEnvs: 8 });
 * envs.reset({ seed: 0 }).observations.length; // => 32
 * @category Vector environments
 * @since 0.1.0
 */
export function makeVec<Id extends keyof EnvTypes>(
  id: Id,
  options: MakeVecOptions,
): SyncVectorEnv<ObservationOf<EnvTypes[Id]>, ActionOf<EnvTypes[Id]>>;
export function makeVec(id: string, options: MakeVecOptions): SyncVectorEnv<unknown, unknown>;
export function makeVec(id: string, options: MakeVecOptions): SyncVectorEnv<unknown, unknown> {
  checkOptionNames('makeVec', options, ['numEnvs', 'autoresetMode', 'envOptions']);
  const { numEnvs, autoresetMode, envOptions } = options;
  checkCount('makeVec', 'numEnvs', numEnvs);
  return new SyncVectorEnv(
    Array.from({ length: numEnvs }, () => () => make(id, envOptions)),
    { autoresetMode },
  );
}

/**
 * Several copies of a registered env in worker threads; `reset` and `step` return promises.
 *
 * @example
 * import { makeWorkerVec } from '@gai/rl';
 * const envs = makeWorkerVec('CartPole-v1', { numEnvs: 4, numWorkers: 2 });
 * (await envs.reset({ seed: 0 })).infos.length; // => 4
 * await envs.close();
 * @category Vector environments
 * @since 0.1.0
 */
export function makeWorkerVec<Id extends keyof EnvTypes>(
  id: Id,
  options: MakeWorkerVecOptions,
): WorkerVectorEnv<ObservationOf<EnvTypes[Id]>, ActionOf<EnvTypes[Id]>>;
export function makeWorkerVec(id: string, options: MakeWorkerVecOptions): WorkerVectorEnv<unknown, unknown>;
export function makeWorkerVec(id: string, options: MakeWorkerVecOptions): WorkerVectorEnv<unknown, unknown> {
  checkOptionNames('makeWorkerVec', options, WORKER_VEC_OPTIONS);
  const { envOptions, module, ...rest } = options;
  return new WorkerVectorEnv(make(id, envOptions), { id, module, options: envOptions }, rest);
}

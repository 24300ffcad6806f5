import { checkOptionNames } from '@gai/core/errors';
import type { Env } from '../env.ts';
import { stateError } from '../errors.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { iterate, type Batched } from '../spaces/batch.ts';
import type { Space } from '../spaces/space.ts';
import { Assembler } from './assemble.ts';
import { spreadMask, spreadSeeds, type EnvRecord } from './env-slice.ts';
import type { EnvSource, WorkerAnswer, WorkerRequest } from './protocol.ts';
import type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from './vector-env.ts';
import { WorkerHandle } from './worker-handle.ts';

/** Settings of {@link WorkerVectorEnv}. */
export interface WorkerVectorEnvOptions {
  /** How many envs. */
  numEnvs: number;
  /** How many workers share them. Default: one per env, at most 4. */
  numWorkers?: number | undefined;
  /** Default `'next-step'`. */
  autoresetMode?: AutoresetMode | undefined;
  /** Node's flags for the workers, such as `['--import', 'tsx']` for modules in TypeScript. Default: this process's. */
  execArgv?: readonly string[] | undefined;
}

/**
 * Several envs in worker threads (Node's, or a page's module workers), stepped in parallel. Trajectories are identical to
 * {@link SyncVectorEnv}'s with the same seeds.
 *
 * A step costs about 0.2 ms of messages, so this pays for envs slower than that; for the built-in ones the
 * synchronous kind is faster. Observations and infos must be cloneable. Call `close()` when done.
 *
 * @param sample - An env of the same kind, which gives the spaces. It is not stepped.
 * @example
 * import { CartPole, WorkerVectorEnv } from '@gai/rl';
 * const envs = new WorkerVectorEnv(new CartPole(), { id: 'CartPole-v1' }, { numEnvs: 4, numWorkers: 2 });
 * (await envs.reset({ seed: 0 })).observations.length; // => 16
 * await envs.close();
 * @category Vector environments
 * @since 0.1.0
 */
export class WorkerVectorEnv<Observation, Action> implements VectorEnv<Observation, Action> {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<Observation>;
  readonly singleActionSpace: Space<Action>;
  readonly autoresetMode: AutoresetMode;
  readonly #workers: readonly WorkerHandle[];
  /** First env of each worker, and the end. */
  readonly #bounds: readonly number[];
  readonly #opened: Promise<unknown>;
  readonly #assembler: Assembler<Observation>;
  #isClosed = false;

  /** @throws ArgumentError if `numEnvs` or `numWorkers` is not a positive integer. */
  constructor(sample: Env<Observation, Action>, source: EnvSource, options: WorkerVectorEnvOptions) {
    checkOptionNames('WorkerVectorEnv', options, ['numEnvs', 'numWorkers', 'autoresetMode', 'execArgv']);
    const { numEnvs, numWorkers = Math.min(numEnvs, 4), autoresetMode = 'next-step', execArgv } = options;
    checkCount('WorkerVectorEnv', 'numEnvs', numEnvs);
    checkCount('WorkerVectorEnv', 'numWorkers', numWorkers);
    const count = Math.min(numEnvs, numWorkers);
    this.numEnvs = numEnvs;
    this.singleObservationSpace = sample.observationSpace;
    this.singleActionSpace = sample.actionSpace;
    this.autoresetMode = autoresetMode;
    this.#assembler = new Assembler(sample.observationSpace, numEnvs);
    this.#bounds = Array.from({ length: count + 1 }, (_, index) => Math.floor((index * numEnvs) / count));
    this.#workers = Array.from({ length: count }, () => new WorkerHandle(execArgv));
    this.#opened = this.#ask((from, to) => ({ kind: 'open', source, count: to - from, mode: autoresetMode }));
    this.#opened.catch(() => undefined); // reported by the first reset
  }

  async #ask(request: (from: number, to: number) => WorkerRequest): Promise<EnvRecord[]> {
    if (this.#isClosed)
      throw stateError('WorkerVectorEnv', 'it is closed. Got a call; expected none after close. Make a new one.');
    const answers = await Promise.all(
      this.#workers.map((worker, index) => worker.ask(request(this.#bounds[index]!, this.#bounds[index + 1]!))),
    );
    return answers.flatMap(recordsOf);
  }

  async reset(given: VectorResetOptions = {}): Promise<VectorResetResult<Observation>> {
    checkOptionNames('reset', given, ['seed', 'options', 'mask']);
    const { seed, options, mask } = given;
    const seeds = spreadSeeds(this.numEnvs, seed);
    const masks = spreadMask(this.numEnvs, mask);
    await this.#opened;
    const records = await this.#ask((from, to) => ({
      kind: 'reset',
      seeds: seeds.slice(from, to),
      mask: masks.slice(from, to),
      options,
    }));
    return this.#assembler.reset(records);
  }

  async step(actions: ArrayLike<Action> | Batched<Action>): Promise<VectorStepResult<Observation>> {
    const list = iterate(this.singleActionSpace, actions, this.numEnvs);
    const records = await this.#ask((from, to) => ({ kind: 'step', actions: list.slice(from, to) }));
    return this.#assembler.step(records);
  }

  /** Closes the envs and ends the workers. Safe to call twice. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }
}

function recordsOf(answer: WorkerAnswer): EnvRecord[] {
  if (answer.kind === 'error') {
    const error = stateError('WorkerVectorEnv', `an env failed in its worker: ${answer.message}`);
    if (answer.stack !== undefined) error.stack = answer.stack;
    throw error;
  }
  return answer.kind === 'records' ? answer.records : [];
}

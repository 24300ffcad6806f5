import { DataError } from '@gai/core';
import type { EnvState } from '../env.ts';
import { argumentError } from '../errors.ts';
import { iterate } from '../spaces/batch.ts';
import { Box } from '../spaces/box.ts';
import type { Space } from '../spaces/space.ts';
import type {
  AutoresetMode,
  VectorEnv,
  VectorResetOptions,
  VectorResetResult,
  VectorStepResult,
} from '../vector/vector-env.ts';
import { sameStep } from './same-step.ts';
import type { AgentEnv } from './same-step.ts';
import { flag, settingsOf } from './settings.ts';
import { VecNormalize } from './vec-normalize.ts';

/** Settings of {@link VecCheckNan}: Stable-Baselines3's, with its defaults. */
export interface VecCheckNanOptions {
  /** Throw; or else warn. Default true. */
  readonly raiseException?: boolean | undefined;
  /** Warn of the first one only. Default true. */
  readonly warnOnce?: boolean | undefined;
  /** Also look for infinite numbers. Default true. */
  readonly checkInf?: boolean | undefined;
}

const DEFAULTS = { raiseException: true, warnOnce: true, checkInf: true };
const RULES = { raiseException: flag, warnOnce: flag, checkInf: flag };

/**
 * Looks for NaN and infinite numbers in what goes into several envs and comes out of them, and says in which env and at which
 * step: one of them in a reward is in every weight after the next update.
 *
 * Agents themselves refuse such rewards; put this around the envs to find where numbers first go wrong.
 *
 * @param env - Several envs, one, or an id.
 * @param options - Default {@link VecCheckNanOptions}' own.
 * @throws ArgumentError for an unknown option. Its `reset` and `step` throw a DataError for what they find.
 * @example
 * import { makeVec } from '@gai/rl';
 * import { VecCheckNan } from '@gai/rl/deep';
 * const envs = new VecCheckNan(makeVec('CartPole-v1', { numEnvs: 2 }));
 * await envs.reset({ seed: 0 });
 * [...(await envs.step([0, 1])).rewards]; // => [1, 1]
 * @category Deep agents
 * @since 0.1.0
 */
export class VecCheckNan implements VectorEnv {
  /** The envs themselves. */
  readonly env: VectorEnv;
  readonly numEnvs: number;
  readonly singleObservationSpace: Space;
  readonly singleActionSpace: Space;
  readonly autoresetMode: AutoresetMode;
  /** Goes on from what `getState` gave; only where the envs themselves can. */
  readonly setState?: (state: EnvState) => void;
  readonly #settings: typeof DEFAULTS;
  #steps = 0;
  #hasWarned = false;

  constructor(env: AgentEnv, options: VecCheckNanOptions = {}) {
    this.#settings = settingsOf(options, { op: 'VecCheckNan', defaults: DEFAULTS, rules: RULES });
    this.env = sameStep('VecCheckNan', env);
    if (this.env instanceof VecNormalize) throw outside();
    const { numEnvs, singleObservationSpace, singleActionSpace, autoresetMode } = this.env;
    this.numEnvs = numEnvs;
    this.singleObservationSpace = singleObservationSpace;
    this.singleActionSpace = singleActionSpace;
    this.autoresetMode = autoresetMode;
    if (this.env.setState !== undefined) this.setState = (state) => this.env.setState?.(state);
  }

  async reset(options?: VectorResetOptions): Promise<VectorResetResult<unknown>> {
    this.#steps = 0;
    const result = await this.env.reset(options);
    this.#check('observation', this.singleObservationSpace, result.observations);
    return result;
  }

  async step(actions: ArrayLike<unknown>): Promise<VectorStepResult<unknown>> {
    this.#steps++;
    this.#check('action', this.singleActionSpace, actions);
    const result = await this.env.step(actions);
    this.#found('reward', this.#bad(result.rewards), result.rewards);
    this.#check('observation', this.singleObservationSpace, result.observations);
    this.#checkFinals(result);
    return result;
  }

  getState(): EnvState | undefined {
    return this.env.getState?.();
  }

  close(): void | Promise<void> {
    return this.env.close();
  }

  /** What was seen last of the episodes that have ended: values go on from there. */
  #checkFinals({ terminations, truncations, infos }: VectorStepResult<unknown>): void {
    for (let env = 0; env < this.numEnvs; env++) {
      if (terminations[env] === 0 && truncations[env] === 0) continue;
      const numbers = [...numbersIn(infos[env]!['finalObservation'])];
      const at = this.#bad(numbers);
      if (at >= 0) this.#report('final observation', env, numbers[at]!);
    }
  }

  #check(what: string, space: Space, batch: unknown): void {
    if (space instanceof Box && ArrayBuffer.isView(batch)) {
      const numbers = batch as unknown as ArrayLike<number>;
      this.#found(what, this.#bad(numbers), numbers);
    } else {
      iterate(space, batch, this.numEnvs).forEach((one, env) => {
        const numbers = [...numbersIn(one)];
        const at = this.#bad(numbers);
        if (at >= 0) this.#report(what, env, numbers[at]!);
      });
    }
  }

  /** Where the first number is that there should not be, or −1. */
  #bad(numbers: ArrayLike<number>): number {
    const { checkInf } = this.#settings;
    for (let at = 0; at < numbers.length; at++) {
      const number = numbers[at]!;
      if (checkInf ? !Number.isFinite(number) : Number.isNaN(number)) return at;
    }
    return -1;
  }

  #found(what: string, at: number, numbers: ArrayLike<number>): void {
    if (at >= 0) this.#report(what, Math.floor((at * this.numEnvs) / numbers.length), numbers[at]!);
  }

  #report(what: string, env: number, number: number): void {
    const { raiseException, warnOnce, checkInf } = this.#settings;
    const message =
      `VecCheckNan: ${what} is ${checkInf ? 'no finite number' : 'not a number'}. Got ${number} ` +
      `${what === 'action' ? 'for' : 'from'} env ${env} at step ${this.#steps}; expected numbers. Mend ` +
      `${what === 'action' ? 'the policy: a smaller learning rate, smaller rewards' : 'the env'}.`;
    const details = { what, env, step: this.#steps, number };
    if (raiseException) throw new DataError(message, { op: 'VecCheckNan', details });
    if (warnOnce && this.#hasWarned) return;
    this.#hasWarned = true;
    console.warn(message);
  }
}

/** The numbers of an element of any space. */
function* numbersIn(value: unknown): Generator<number> {
  if (typeof value === 'number') yield value;
  else if (ArrayBuffer.isView(value)) yield* value as unknown as Iterable<number>;
  else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) yield* numbersIn(part);
  }
}

/** An agent must find the statistics that it normalises with. */
const outside = (): Error =>
  argumentError(
    'VecCheckNan',
    'it would hide the statistics of the envs. Got a VecNormalize; expected envs as they are. Put it inside: new ' +
      'VecNormalize(new VecCheckNan(envs)).',
  );

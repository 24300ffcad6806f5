import type { Tensor, TypedArray } from '@gai/core';
import { hostLeaf } from '@gai/core/ops';
import { manualSeed } from '@gai/nn';
import type { Module } from '@gai/nn';
import type { Json, ProgressReader } from '@gai/nn/train';
import { argumentError, show } from '../errors.ts';
import { checkInteger, checkNumber } from '../tabular/errors.ts';
import type { Random } from '../tabular/random.ts';
import { NoiseProcess } from './action-noise.ts';
import type { ActionNoise } from './action-noise.ts';
import type { ContinuousPolicyKwargs, ContinuousSizes } from './continuous-networks.ts';
import { POLICY_FEATURES, isPolicyName, quotedNames } from './features-extractor.ts';
import type { PolicyName } from './features-extractor.ts';
import { OFF_POLICY_OPTIONS, OffPolicyAgent } from './off-policy-agent.ts';
import type { OffPolicyOptions, OffPolicyRule } from './off-policy-agent.ts';
import type { Rows } from './policy-runner.ts';
import type { AgentEnv } from './same-step.ts';
import { checkSchedule, scheduleAt } from './schedule.ts';
import type { AgentSchedule } from './schedule.ts';
import { givenOptions } from './settings.ts';

/** What {@link SAC} and {@link TD3} can be told alike: Stable-Baselines3's names. */
export interface ContinuousOptions extends OffPolicyOptions {
  /** Adam's, of every network. Default 3e-4 for SAC, 1e-3 for TD3. */
  readonly learningRate?: AgentSchedule | undefined;
  /** How far target networks follow at each update of theirs, τ. Default 0.005. */
  readonly tau?: number | undefined;
  /** Added to actions while learning, but not to the uniform ones before `learningStarts`. Default null: none. */
  readonly actionNoise?: ActionNoise | null | undefined;
  /** Settings of `'MlpPolicy'`, `'CnnPolicy'` and `'MultiInputPolicy'`. */
  readonly policyKwargs?: ContinuousPolicyKwargs | undefined;
}

/** Names of {@link ContinuousOptions}. */
export const CONTINUOUS_OPTIONS = [...OFF_POLICY_OPTIONS, 'learningRate', 'tau', 'actionNoise', 'policyKwargs'];

/** Defaults that SAC and TD3 share. */
export const CONTINUOUS_DEFAULTS = {
  bufferSize: 1_000_000,
  learningStarts: 100,
  batchSize: 256,
  tau: 0.005,
  gamma: 0.99,
  trainFreq: 1,
  gradientSteps: 1,
  nSteps: 1,
  actionNoise: null,
} as const satisfies ContinuousOptions;

/** Settings that SAC and TD3 hand on. */
export interface ContinuousRule extends OffPolicyRule {
  readonly learningRate: AgentSchedule;
  readonly tau: number;
  readonly actionNoise: ActionNoise | null;
  readonly policyKwargs?: ContinuousPolicyKwargs | undefined;
}

/** What SAC and TD3 share: actions of a box, action noise, numbers drawn for updates. */
export abstract class ContinuousAgent<Rule extends ContinuousRule> extends OffPolicyAgent<Rule> {
  /** Adam's, of the present update. */
  protected learningRate: number;
  readonly #noise: NoiseProcess | undefined;
  #policyName: PolicyName | null = null;

  protected constructor(env: AgentEnv, rule: Rule) {
    const { op, tau, learningRate, actionNoise } = rule;
    checkNumber(op, 'tau', [tau, 0, 1]);
    checkSchedule(op, 'learningRate', learningRate);
    super(env, rule, 'Box');
    this.learningRate = scheduleAt(learningRate, 1);
    const { numEnvs } = this.env;
    if (actionNoise !== null) this.#noise = new NoiseProcess(op, actionNoise, { numEnvs, size: this.head.size });
  }

  /** Actions in [−1, 1]; drawn by a generator, or the likeliest. */
  protected abstract act(rows: Rows, random: Random | undefined): Promise<TypedArray>;

  protected override async explore(observations: Float32Array, draw: number): Promise<TypedArray> {
    const random = this.draws('acting', draw);
    const rows = { observations, count: this.env.numEnvs };
    const actions = await this.act(rows, this.generatorOf(draw) ?? random);
    return this.#noise === undefined ? actions : this.#noise.added(actions as Float32Array, random);
  }

  /** The generator of a step's action, where it is not the step's own. */
  protected generatorOf(_draw: number): Random | undefined {
    return undefined;
  }

  protected override choose(rows: Rows, deterministic: boolean): Promise<TypedArray> {
    return this.act(rows, deterministic ? undefined : this.draws('predicting', this.drawn.predictions++));
  }

  protected override ended(index: number): void {
    this.#noise?.reset(index);
  }

  protected override restarted(): void {
    super.restarted();
    for (let index = 0; index < this.env.numEnvs; index++) this.#noise?.reset(index);
  }

  protected override keep(): Readonly<Record<string, Json>> {
    return this.#noise === undefined ? {} : { noise: this.#noise.state() };
  }

  protected override keeping(read: ProgressReader, saved: Readonly<Record<string, unknown>>): () => void {
    // The noise of another number of envs begins anew, as they do.
    const isAlike = Array.isArray(saved['noise']) && saved['noise'].length === this.env.numEnvs * this.head.size;
    return this.#noise !== undefined && isAlike ? this.#noise.loading(read, saved['noise']) : () => {};
  }

  /** What is observed, and numbers of an action. */
  protected get sizes(): ContinuousSizes {
    return { observation: this.env.singleObservationSpace, action: this.head.size };
  }

  protected override get hasOwnPolicy(): boolean {
    return this.#policyName === null;
  }

  protected override get policyName(): string | null {
    return this.#policyName;
  }

  /**
   * The policy that was given, or the one that `make` makes, with the first weights of the agent's seed.
   *
   * @param parts - The modules that it has to have, all different.
   */
  protected policyOf<Policy extends Module>(
    policy: PolicyName | Policy,
    parts: readonly (keyof Policy & string)[],
    make: (kwargs: ContinuousPolicyKwargs) => Policy,
  ): Policy {
    const { op, policyKwargs } = this.rule;
    if (isPolicyName(policy)) {
      this.#policyName = policy;
      manualSeed(this.seed);
      return make({ featuresExtractorClass: POLICY_FEATURES[policy], ...givenOptions(policyKwargs ?? {}) });
    }
    if (typeof policy === 'string' || policy === null || typeof policy !== 'object') {
      throw argumentError(
        op,
        `there is no such policy. Got ${show(policy)}; expected ${quotedNames(POLICY_FEATURES)} or a module. Pass one of them.`,
      );
    }
    const found = parts.map((name) => policy[name] as Partial<Module> | undefined);
    const lost = parts.find((_, index) => typeof found[index]?.forward !== 'function');
    if (lost !== undefined) throw noPart(op, lost, parts);
    if (new Set(found).size < parts.length) throw onePart(op, parts);
    if (policyKwargs === undefined) return policy;
    throw argumentError(
      op,
      "policyKwargs are settings of 'MlpPolicy' and its like. Got them beside a module; expected none. Leave them out.",
    );
  }

  /** The batch of an update with the normal numbers it needs: `[batch, actions]` each, or as many rows as are said. */
  protected minibatch<Name extends string>(update: number, noises: readonly Name[], rows?: number) {
    const batch = this.sample(update);
    const random = this.draws('sampling', NOISE + update);
    const drawn = noises.map((name) => [name, this.normals(rows ?? batch.rewards.length, random)] as const);
    return { ...this.tensorsOf(batch), ...(Object.fromEntries(drawn) as Record<Name, Tensor>) };
  }

  /** Standard normal numbers, `[count, actions]`. */
  protected normals(count: number, random: Random): Tensor {
    return normalNumbers([count, this.head.size], random);
  }

  /** Observations as a tensor. */
  protected observationsOf({ observations, count }: Rows): Tensor {
    return hostLeaf(observations, { dtype: 'float32', shape: [count, ...this.codec.shape] }, false);
  }
}

const noPart = (op: string, lost: string, parts: readonly string[]): Error =>
  argumentError(
    op,
    `the policy has no ${lost}. Got a module without it; expected the modules ${parts.join(', ')}. Give it all of them.`,
  );

const onePart = (op: string, parts: readonly string[]): Error =>
  argumentError(
    op,
    `a target would be what it follows. Got one module as two of ${parts.join(', ')}; expected a module for each. Make them ` +
      'one by one.',
  );

/** Standard normal numbers of a shape. */
export function normalNumbers(shape: readonly number[], random: Random): Tensor {
  const length = shape.reduce((product, size) => product * size, 1);
  return hostLeaf(
    Float32Array.from({ length }, () => random.normal()),
    { dtype: 'float32', shape },
    false,
  );
}

/** Where the generators of updates' noise begin, behind those of their rows; of matrices of gSDE, behind those of steps. */
export const NOISE = 2 ** 50;

/** Options with defaults; those that are undefined count as left out. */
export function withDefaults<Defaults extends object>(defaults: Defaults, options: object): Defaults {
  return { ...defaults, ...givenOptions(options) };
}

/** Refuses a count that is none. */
export const checkCount = (op: string, name: string, value: number): void =>
  checkInteger(op, name, [value, 1, Number.MAX_SAFE_INTEGER]);

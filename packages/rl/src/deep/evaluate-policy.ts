import { checkOptionNames } from '@gai/core/ops';
import { argumentError, show } from '../errors.ts';
import { checkInteger } from '../tabular/errors.ts';
import type { VectorEnv } from '../vector/vector-env.ts';
import { masksOf } from './action-masks.ts';
import { meanOf } from './episode-monitor.ts';
import type { Agent } from './agent.ts';
import { sameStep } from './same-step.ts';
import type { AgentEnv } from './same-step.ts';
import { VecNormalize } from './vec-normalize.ts';

/** Settings of {@link evaluatePolicy}. */
export interface EvaluatePolicyOptions {
  /** Episodes to play. Default 10. */
  readonly episodes?: number | undefined;
  /** The likeliest actions, or draws. Default true. */
  readonly deterministic?: boolean | undefined;
  /** Seed of the first reset. Default: the envs go on with their own generators. */
  readonly seed?: number | undefined;
}

/** What {@link evaluatePolicy} gives. */
export interface PolicyEvaluation {
  /** Of the returns. */
  readonly mean: number;
  /** Their standard deviation, with n. */
  readonly std: number;
  /** Sums of rewards, one per episode. */
  readonly returns: readonly number[];
  /** Steps, one per episode. */
  readonly lengths: readonly number[];
}

/**
 * Plays whole episodes and says what they returned. Give it several envs (`makeVec`) to play side by side: each plays its
 * share, so that short episodes do not crowd out long ones.
 *
 * @param agent - Who plays. It learns nothing; draws (`deterministic: false`) come from its generator, as those of `predict` do.
 * @param env - Envs of their own: they are reset. The agent normalises what it sees; rewards count as the envs give them.
 * @throws ArgumentError for an unknown option, or a count that is none.
 * @example
 * import { make } from '@gai/rl';
 * import { evaluatePolicy, PPO } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * const { returns } = await evaluatePolicy(agent, make('CartPole-v1'), { episodes: 3, seed: 1 });
 * returns.length; // => 3
 * @category Deep agents
 * @since 0.1.0
 */
export async function evaluatePolicy(
  agent: Agent,
  env: AgentEnv,
  options: EvaluatePolicyOptions = {},
): Promise<PolicyEvaluation> {
  checkOptionNames('evaluatePolicy', options, ['episodes', 'deterministic', 'seed']);
  const { episodes = 10, deterministic = true, seed } = options;
  checkInteger('evaluatePolicy', 'episodes', [episodes, 1, Number.MAX_SAFE_INTEGER]);
  const given = sameStep('evaluatePolicy', env);
  const envs = given instanceof VecNormalize ? given.env : given;
  checkSpaces(agent, envs);
  const shares = new Shares(envs.numEnvs, episodes);
  const state = agent.initialState(envs.numEnvs);
  let { observations, infos } = await envs.reset({ seed });
  while (!shares.isOver) {
    const actionMask = agent.maskEntries > 0 ? masksOf('evaluatePolicy', infos, agent.maskEntries) : undefined;
    const actions = await agent.predictBatch(observations, envs.numEnvs, { deterministic, actionMask, state });
    const step = await envs.step(actions as Int32Array);
    shares.add(step);
    for (let index = 0; state !== undefined && index < envs.numEnvs; index++) {
      if (step.terminations[index] !== 0 || step.truncations[index] !== 0) state.restart(index);
    }
    ({ observations, infos } = step);
  }
  return shares.evaluation();
}

/** Episodes of several envs, of which each plays its share. */
class Shares {
  readonly #left: number[];
  readonly #totals: Float64Array;
  readonly #steps: Float64Array;
  readonly #returns: number[] = [];
  readonly #lengths: number[] = [];
  readonly #episodes: number;

  constructor(numEnvs: number, episodes: number) {
    this.#episodes = episodes;
    this.#left = Array.from({ length: numEnvs }, (_, index) => Math.floor((episodes + index) / numEnvs));
    this.#totals = new Float64Array(numEnvs);
    this.#steps = new Float64Array(numEnvs);
  }

  get isOver(): boolean {
    return this.#returns.length >= this.#episodes;
  }

  add({ rewards, terminations, truncations }: Awaited<ReturnType<VectorEnv['step']>>): void {
    for (let index = 0; index < this.#left.length; index++) {
      if (this.#left[index] === 0) continue;
      this.#totals[index]! += rewards[index]!;
      this.#steps[index]!++;
      if (terminations[index] === 0 && truncations[index] === 0) continue;
      this.#returns.push(this.#totals[index]!);
      this.#lengths.push(this.#steps[index]!);
      this.#left[index]!--;
      this.#totals[index] = 0;
      this.#steps[index] = 0;
    }
  }

  evaluation(): PolicyEvaluation {
    const mean = meanOf(this.#returns);
    const std = Math.sqrt(meanOf(this.#returns.map((value) => (value - mean) ** 2)));
    return { mean, std, returns: this.#returns, lengths: this.#lengths };
  }
}

function checkSpaces(agent: Agent, envs: VectorEnv): void {
  const [own, theirs] = [agent.env, envs].map(
    ({ singleObservationSpace, singleActionSpace }) => `${singleObservationSpace} and ${singleActionSpace}`,
  );
  if (own === theirs) return;
  throw argumentError(
    'evaluatePolicy',
    `the env is of another kind. Got ${show(theirs)}; expected ${own}. Pass one like that which the agent learned in.`,
  );
}

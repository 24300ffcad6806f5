import { GaiError } from '@gai/core/errors';
import { exponential, linear, mdpEnv, occupancy, optimalActions, startValue } from '@gai/rl/tabular';
import type { ControlOptions, ControlResult, MDP, Schedule } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import { counted } from '../terminal/counted.ts';
import type { Method, MethodSettings } from './methods.ts';
import type { ChangingRate } from './numbers.ts';
import type { Source } from './source.ts';

/** How to solve or learn, as the command line gives it. */
export interface SolveSettings extends MethodSettings {
  readonly gamma?: number;
  readonly episodes?: number;
  readonly alpha?: number | ChangingRate;
  readonly epsilon?: number | ChangingRate;
  readonly maxSteps?: number;
  readonly seed?: number;
}

/** What any method found. */
export interface Solved {
  readonly gamma: number;
  readonly values: Float64Array;
  /** Per state the first of `actions`, −1 where no action is offered. */
  readonly policy: Int32Array;
  /** Per state every best action. */
  readonly actions: readonly (readonly number[])[];
  /** A best policy that gets on: at γ = 1 the first best action may circle for ever. */
  readonly playable: ArrayLike<number>;
  /** Expected value of an episode's start. */
  readonly startValue: number;
  /** What it took, in words. */
  readonly effort: string;
  /** For learners: how it went. */
  readonly learned?: ControlResult;
  /** For learners: what the greedy policy is really worth at the start, where that is finite. */
  readonly policyValue?: number;
}

const OP = 'rl solve';
/** At γ = 1 values may grow for ever: transitions looked at, and sweeps, before value iteration gives up. */
const MOST_WORK = 5e9;
const MOST_SWEEPS = 2_000_000;
const MOST_ENTRIES = 50_000_000;
/** Most states for which a learned policy's worth is computed. */
const MOST_EVALUATED = 20_000;

/** The flag of each setting that only learners take. */
const LEARNING_FLAGS = {
  episodes: '--episodes',
  alpha: '--alpha',
  epsilon: '--epsilon',
  maxSteps: '--max-steps',
} as const;
const METHOD_FLAGS = { n: '--n', lambda: '--lambda', planningSteps: '--planning-steps' } as const;

/** Refuses settings that the method would not look at. */
export function checkMethod({ mdp, name }: Source, method: Method, settings: SolveSettings): void {
  for (const [key, flag] of Object.entries(METHOD_FLAGS) as [keyof MethodSettings, string][]) {
    if (settings[key] === undefined || method.settings?.includes(key)) continue;
    throw new UsageError(
      `${method.title} (--method ${method.name}) has no ${flag}. Leave it out or choose another method.`,
    );
  }
  for (const [key, flag] of Object.entries(LEARNING_FLAGS) as [keyof typeof LEARNING_FLAGS, string][]) {
    if (method.learn !== undefined || settings[key] === undefined) continue;
    throw new UsageError(
      `${method.title} computes from the table and has no ${flag}. Leave it out, or learn with --method q or sarsa.`,
    );
  }
  if (method.alpha === null && settings.alpha !== undefined) {
    throw new UsageError(`${method.title} weights returns by itself and has no --alpha. Leave it out.`);
  }
  if (method.learn === undefined || (settings.gamma ?? mdp.discount) < 1 || hasEnd(mdp)) return;
  throw new UsageError(
    `${name} never ends, so with --gamma 1 there is nothing finite for ${method.title} to learn. Give a --gamma below 1.`,
  );
}

/** Can an episode of the MDP end at all? */
function hasEnd(mdp: MDP): boolean {
  for (let state = 0; state < mdp.numStates; state++) if (mdp.isTerminal(state)) return true;
  return mdp.terminated.includes(1);
}

/** Solves a problem with a method; `onProgress` is told the finished part of a long learning run. */
export function solveMDP(
  source: Source,
  method: Method,
  settings: SolveSettings,
  onProgress?: (part: number) => void,
): Solved {
  checkMethod(source, method, settings);
  const gamma = settings.gamma ?? source.mdp.discount;
  return method.plan === undefined
    ? learn(source, method, { ...settings, gamma }, onProgress)
    : plan(source.mdp, method, gamma);
}

function plan(mdp: MDP, method: Method, gamma: number): Solved {
  const patience = Math.min(MOST_SWEEPS, Math.max(1000, Math.floor(MOST_WORK / Math.max(1, mdp.numTransitions))));
  const maxSweeps = gamma < 1 ? 10_000_000 : patience;
  const solution = method.plan!(mdp, { gamma, maxSweeps });
  if (!solution.converged || !solution.values.every(Number.isFinite)) {
    throw new GaiError(
      'UNBOUNDED',
      `${OP}: the values did not settle. Got a change of ${solution.delta.toPrecision(3)} after ${counted(solution.iterations, 'sweep')} with ` +
        `gamma ${gamma}; expected it to vanish. At gamma 1 every state must reach an end; give a smaller --gamma.`,
      { op: OP },
    );
  }
  const actions = optimalActions(mdp, solution.values, { gamma });
  const unit = method.name === 'pi' ? 'improvement' : 'sweep';
  return {
    gamma,
    values: solution.values,
    policy: Int32Array.from(actions, (set) => set[0] ?? -1),
    actions,
    playable: solution.policy,
    startValue: solution.startValue,
    effort: `${counted(solution.iterations, unit)}, ${counted(solution.backups, 'backup')}`,
  };
}

function learn(
  { mdp, learning, rewardNoise }: Source,
  method: Method,
  settings: SolveSettings & { readonly gamma: number },
  onProgress: ((part: number) => void) | undefined,
): Solved {
  if (mdp.numStates * mdp.numActions > MOST_ENTRIES) {
    const problem = `too large to learn. Got ${counted(mdp.numStates, 'state')} × ${counted(mdp.numActions, 'action')}`;
    throw new GaiError(
      'TOO_LARGE',
      `${OP}: ${problem}; expected at most ${MOST_ENTRIES} pairs. Solve it with --method vi.`,
      { op: OP },
    );
  }
  const { gamma, episodes = learning.episodes, n, lambda, planningSteps } = settings;
  const every = Math.max(1, Math.floor(episodes / 100));
  const options: ControlOptions & MethodSettings = {
    episodes,
    gamma,
    alpha: scheduleOf(settings.alpha) ?? (method.alpha === undefined ? learning.alpha : (method.alpha ?? undefined)),
    epsilon: scheduleOf(settings.epsilon) ?? learning.epsilon,
    seed: settings.seed ?? 0,
    ...(n !== undefined && { n }),
    ...(lambda !== undefined && { lambda }),
    ...(planningSteps !== undefined && { planningSteps }),
    onEpisode: ({ episode }) => {
      if ((episode + 1) % every === 0) onProgress?.((episode + 1) / episodes);
    },
  };
  const env = mdpEnv(mdp, { maxEpisodeSteps: settings.maxSteps ?? learning.maxSteps, rewardNoise });
  const learned = method.learn!(env, options);
  return {
    gamma,
    values: learned.values,
    policy: learned.policy,
    actions: bestActions(mdp, learned),
    playable: learned.policy,
    startValue: startValue(mdp, learned.values),
    effort: `${counted(episodes, 'episode')}, ${counted(learned.steps, 'step')}`,
    learned,
    ...policyValueOf(mdp, learned.policy, gamma),
  };
}

/** The offered actions with the highest learned value. */
function bestActions(mdp: MDP, { q, values, numActions }: ControlResult): number[][] {
  return Array.from({ length: mdp.numStates }, (_, state) =>
    mdp.actions(state).filter((action) => q[state * numActions + action] === values[state]),
  );
}

/** The exact worth of a policy at the start; nothing where it is unbounded, as for a policy that circles at γ = 1. */
function policyValueOf(mdp: MDP, policy: Int32Array, gamma: number): { policyValue?: number } {
  if (mdp.numStates > MOST_EVALUATED) return {};
  try {
    const { states } = occupancy(mdp, { policy, gamma });
    let policyValue = 0;
    states.forEach((visits, state) => {
      if (visits > 0 && policy[state]! >= 0)
        policyValue += visits * mdp.pairRewards[mdp.pairIndex(state, policy[state]!)]!;
    });
    return Number.isFinite(policyValue) ? { policyValue } : {};
  } catch (error) {
    if (GaiError.isInstance(error) && error.code === 'UNBOUNDED') return {};
    throw error;
  }
}

function scheduleOf(rate: number | ChangingRate | undefined): number | Schedule | undefined {
  if (typeof rate !== 'object') return rate;
  return rate.kind === 'linear' ? linear(rate.from, rate.to) : exponential(rate.from, rate.to);
}

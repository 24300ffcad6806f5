import {
  doubleQLearning,
  dynaQ,
  dynaQPlus,
  expectedSarsa,
  exponential,
  mcControl,
  mcExploringStarts,
  modifiedPolicyIteration,
  nStepSarsa,
  offPolicyMCControl,
  policyIteration,
  prioritizedSweeping,
  qLearning,
  qSigma,
  sarsa,
  sarsaLambda,
  treeBackup,
  valueIteration,
  watkinsQLambda,
} from '@gai/rl/tabular';
import type { ControlOptions, ControlResult, MDP, Schedule, Solution, TabularEnv } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';
import type { MethodName } from './names.ts';

/** Settings only some learning methods take. */
export interface MethodSettings {
  readonly n?: number;
  readonly lambda?: number;
  readonly planningSteps?: number;
}

type Learn = (env: TabularEnv, options: ControlOptions & MethodSettings) => ControlResult;
type Plan = (mdp: MDP, options: { readonly gamma: number; readonly maxSweeps: number }) => Solution;

/** A way to solve an MDP: from its table (`plan`) or from experience (`learn`). */
export interface Method {
  readonly name: MethodName;
  readonly title: string;
  readonly aliases?: readonly string[];
  readonly settings?: readonly (keyof MethodSettings)[];
  /** Step size where learning whole returns wants another than the problem's; null for a method that weights by itself. */
  readonly alpha?: Schedule | null;
  /** Remembers one outcome per action: made for deterministic problems. */
  readonly isDeterministic?: boolean;
  readonly plan?: Plan;
  readonly learn?: Learn;
}

/** Returns of whole episodes vary much, so they are averaged over many. */
const RETURNS = exponential(0.05, 0.002);

/** Every method, planners first. */
export const METHODS: readonly Method[] = [
  { name: 'vi', title: 'value iteration', aliases: ['value-iteration'], plan: valueIteration },
  {
    name: 'pi',
    title: 'policy iteration',
    aliases: ['policy-iteration'],
    plan: (mdp, { gamma }) => policyIteration(mdp, { gamma }),
  },
  { name: 'mpi', title: 'modified policy iteration', plan: modifiedPolicyIteration },
  { name: 'mc', title: 'Monte Carlo control', aliases: ['monte-carlo'], alpha: RETURNS, learn: mcControl },
  { name: 'mc-es', title: 'Monte Carlo with exploring starts', alpha: RETURNS, learn: mcExploringStarts },
  { name: 'mc-off', title: 'off-policy Monte Carlo', alpha: null, learn: offPolicyMCControl },
  { name: 'sarsa', title: 'SARSA', learn: sarsa },
  { name: 'expected-sarsa', title: 'Expected SARSA', learn: expectedSarsa },
  { name: 'q', title: 'Q-learning', aliases: ['q-learning', 'qlearning'], learn: qLearning },
  { name: 'double-q', title: 'Double Q-learning', aliases: ['double-q-learning'], learn: doubleQLearning },
  { name: 'n-step-sarsa', title: 'n-step SARSA', settings: ['n'], learn: nStepSarsa },
  { name: 'tree-backup', title: 'tree backup', settings: ['n'], learn: treeBackup },
  { name: 'q-sigma', title: 'Q(σ)', settings: ['n'], learn: qSigma },
  { name: 'sarsa-lambda', title: 'SARSA(λ)', settings: ['lambda'], learn: sarsaLambda },
  { name: 'q-lambda', title: "Watkins's Q(λ)", settings: ['lambda'], learn: watkinsQLambda },
  {
    name: 'dyna-q',
    title: 'Dyna-Q',
    aliases: ['dyna'],
    settings: ['planningSteps'],
    isDeterministic: true,
    learn: dynaQ,
  },
  { name: 'dyna-q-plus', title: 'Dyna-Q+', settings: ['planningSteps'], isDeterministic: true, learn: dynaQPlus },
  {
    name: 'sweeping',
    title: 'prioritised sweeping with a learned model',
    aliases: ['prioritized-sweeping'],
    settings: ['planningSteps'],
    isDeterministic: true,
    learn: prioritizedSweeping,
  },
];

/** The method of a name or alias; a usage error with the nearest name if there is none. */
export function findMethod(name: string): Method {
  const wanted = name.toLowerCase();
  const found = METHODS.find((one) => one.name === wanted || one.aliases?.includes(wanted));
  if (found !== undefined) return found;
  const names = METHODS.map((one) => one.name);
  throw new UsageError(
    `unknown method '${name.slice(0, 60)}'. ${didYouMean(name, names)}Known methods: ${names.join(', ')}.`,
  );
}

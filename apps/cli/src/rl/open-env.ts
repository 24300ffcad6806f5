import { BlackjackEnv, envIds, envSpec, make, MDPTableEnv, TimeLimit, unwrap } from '@gai/rl';
import type { Env } from '@gai/rl';
import { blackjack, blackjackState } from '@gai/rl/tabular';
import type { MDP } from '@gai/rl/tabular';
import { UsageError } from '../errors.ts';
import { FILE_LEARNING, PROBLEMS } from './problems.ts';
import type { LearningDefaults, Problem } from './problem.ts';
import { knownEnvId } from './env-id.ts';
import { findProblem } from './source.ts';
import { didYouMean } from '../suggest.ts';

/** An env that is ready to play. */
export interface OpenEnv {
  readonly name: string;
  readonly env: Env;
  /** Its table, where it has one, and the table's state of an observation. */
  readonly model?: { readonly mdp: MDP; readonly stateOf: (observation: unknown) => number } | undefined;
  readonly learning: LearningDefaults;
}

function isProblem(name: string): boolean {
  const wanted = name.toLowerCase();
  return PROBLEMS.some((one) => one.name === wanted || one.aliases?.some((alias) => alias.toLowerCase() === wanted));
}

/** The env of an id (`CartPole-v1`, `cartpole`) or of a problem (`ski`); a usage error with the nearest names if there is none. */
export function openEnv(id: string, { slippery }: { readonly slippery?: boolean }): OpenEnv {
  if (envIds().includes(id)) return fromRegistry(id, slippery);
  if (isProblem(id)) {
    const problem = findProblem(id);
    const registered = problem.aliases?.findLast((alias) => envIds().includes(alias));
    return registered === undefined ? fromProblem(problem, slippery) : fromRegistry(registered, slippery);
  }
  const plainly = knownEnvId(id);
  if (plainly !== undefined) return fromRegistry(plainly, slippery);
  const known = [...envIds(), ...PROBLEMS.map(({ name }) => name)];
  throw new UsageError(`unknown environment '${id.slice(0, 60)}'. ${didYouMean(id, known)}gai rl envs lists them.`);
}

function refuseSlippery(name: string): UsageError {
  return new UsageError(`${name} has no setting --slippery. Leave it out.`);
}

function fromRegistry(id: string, slippery: boolean | undefined): OpenEnv {
  if (slippery !== undefined && envSpec(id).options?.includes('slippery') === false) throw refuseSlippery(id);
  const env = make(id, { slippery });
  const inner = unwrap(env);
  const learning = PROBLEMS.find(({ aliases }) => aliases?.includes(id))?.learning ?? FILE_LEARNING;
  if (inner instanceof MDPTableEnv) return { name: id, env, learning, model: { mdp: inner.mdp, stateOf: Number } };
  return inner instanceof BlackjackEnv ? { name: id, env, learning, model: handModel() } : { name: id, env, learning };
}

/** Blackjack's observations are hands: [own sum, dealer's card, usable ace]. */
function handModel(): OpenEnv['model'] {
  const stateOf = (observation: unknown): number => {
    const [playerSum, dealerCard, ace] = observation as readonly [number, number, number];
    return blackjackState({ playerSum, dealerCard, usableAce: ace === 1 });
  };
  return { mdp: blackjack(), stateOf };
}

function fromProblem(problem: Problem, slippery: boolean | undefined): OpenEnv {
  if (slippery !== undefined && !problem.settings.includes('slippery')) throw refuseSlippery(problem.name);
  const mdp = problem.build({ ...(slippery !== undefined && { slippery }) });
  const env = new TimeLimit(new MDPTableEnv(mdp) as unknown as Env, problem.learning.maxSteps);
  return { name: problem.name, env, learning: problem.learning, model: { mdp, stateOf: Number } };
}

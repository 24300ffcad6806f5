import { checkOptionNames } from '@gai/core/ops';
import type { Env } from '../env.ts';
import { make } from '../registry.ts';
import { checkInteger } from '../tabular/errors.ts';
import type { Agent } from './agent.ts';
import type { Trajectory } from './trajectory.ts';

/** Settings of {@link recordTrajectories}. */
export interface RecordTrajectoriesOptions {
  /** Episodes to play. Default 10. */
  readonly episodes?: number | undefined;
  /** The likeliest actions, or draws. Default true. */
  readonly deterministic?: boolean | undefined;
  /** Seed of the first reset. Default: the env goes on with its own generator. */
  readonly seed?: number | undefined;
}

/**
 * Lets an agent play whole episodes and writes down what it saw, did and got: an expert's data for {@link behaviourCloning}.
 *
 * @param agent - Who plays. It learns nothing.
 * @param env - An env, or an id. It is reset.
 * @throws ArgumentError for an unknown option, or a count that is none.
 * @example
 * import { PPO, recordTrajectories } from '@gai/rl/deep';
 * const agent = new PPO('MlpPolicy', 'CartPole-v1', { seed: 0 });
 * const [first] = await recordTrajectories(agent, 'CartPole-v1', { episodes: 2, seed: 0 });
 * first!.observations.length - first!.actions.length; // => 1
 * @category Deep agents
 * @since 0.1.0
 */
export async function recordTrajectories(
  agent: Agent,
  env: Env | string,
  options: RecordTrajectoriesOptions = {},
): Promise<Trajectory[]> {
  checkOptionNames('recordTrajectories', options, ['episodes', 'deterministic', 'seed']);
  const { episodes = 10, deterministic = true, seed } = options;
  checkInteger('recordTrajectories', 'episodes', [episodes, 1, Number.MAX_SAFE_INTEGER]);
  const given = typeof env === 'string' ? make(env) : env;
  const all: Trajectory[] = [];
  for (let episode = 0; episode < episodes; episode++) {
    all.push(await played(agent, given, { deterministic, seed: episode === 0 ? seed : undefined }));
  }
  return all;
}

async function played(
  agent: Agent,
  env: Env,
  { deterministic, seed }: { readonly deterministic: boolean; readonly seed: number | undefined },
): Promise<Trajectory> {
  const state = agent.initialState();
  const observations: ArrayLike<number>[] = [];
  const actions: (number | ArrayLike<number>)[] = [];
  const rewards: number[] = [];
  let { observation, info } = env.reset({ seed });
  for (;;) {
    observations.push(env.observationSpace.flatten(observation));
    const actionMask = agent.maskEntries > 0 ? (info['actionMask'] as ArrayLike<number>) : undefined;
    const action = await agent.predict(observation, { deterministic, state, actionMask });
    const step = env.step(action);
    actions.push(typeof action === 'number' ? action : Array.from(action as ArrayLike<number>));
    rewards.push(step.reward);
    ({ observation, info } = step);
    if (!step.terminated && !step.truncated) continue;
    observations.push(env.observationSpace.flatten(observation));
    return { observations, actions, rewards, terminated: step.terminated, truncated: step.truncated };
  }
}

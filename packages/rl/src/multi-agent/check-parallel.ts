import { checkOptionNames } from '@gai/core/errors';
import { checkCount } from '../spaces/seeded-space.ts';
import { firstDifference } from '../first-difference.ts';
import { Generator } from '../random/generator.ts';
import { copyValue } from '../tabular/copy-value.ts';
import { checkAgents, checkKeys, checkMethods, checkSeen, drawAction, refusals } from './checking.ts';
import type { ParallelEnv, ParallelResetResult } from './parallel-env.ts';

const refuse = refusals('checkParallel');
const METHODS = ['reset', 'step', 'observationSpace', 'actionSpace'];

/**
 * Plays an env whose agents act at once, and throws at the first breach of the {@link ParallelEnv} contract: results about
 * everybody who acted, observations within their spaces, nobody who comes back after an end, masks that fit, and the same seed
 * giving the same plays twice.
 *
 * @param env - The env; it is reset and stepped.
 * @param options - `steps`: how many to take, default 200. `seed`: default 123.
 * @throws ArgumentError that says what is wrong and what to do.
 * @example
 * import { checkParallel, TicTacToe, turnBasedAecToParallel } from '@gai/rl/multi-agent';
 * const env = turnBasedAecToParallel(new TicTacToe());
 * checkParallel(env); // => undefined
 * @category Several agents
 * @since 0.1.0
 */
export function checkParallel<Observation, Action>(
  env: ParallelEnv<Observation, Action>,
  options: { readonly steps?: number | undefined; readonly seed?: number | undefined } = {},
): void {
  checkOptionNames('checkParallel', options, ['steps', 'seed']);
  const { steps = 200, seed = 123 } = options;
  checkCount('checkParallel', 'steps', steps);
  checkCount('checkParallel', 'seed', seed, 0);
  checkMethods(refuse, env, METHODS);
  checkAgents(refuse, env);
  const given = env as ParallelEnv;
  const difference = firstDifference(play(given, seed, steps), play(given, seed, steps));
  if (difference === undefined) return;
  refuse(
    `two plays from seed ${seed} differ at step ${difference.at}`,
    difference.second,
    difference.first,
    'Draw every random number from a generator that reset({ seed }) reseeds.',
  );
}

/** Plays so many steps and keeps what came out. */
function play(env: ParallelEnv, seed: number, steps: number): unknown[] {
  const random = new Generator(seed, [1]);
  let seen = begin(env, { seed });
  const record: unknown[] = [copyValue(seen.observations)];
  for (let step = 0; step < steps; step++) {
    const acting = [...env.agents];
    const result = env.step(draw(env, seen, random));
    for (const part of ['observations', 'rewards', 'terminations', 'truncations', 'infos'] as const) {
      checkKeys(refuse, part, result[part], acting);
    }
    for (const agent of acting) {
      const ends = [result.terminations[agent], result.truncations[agent]];
      const { observations, rewards, infos } = result;
      const one = { observation: observations[agent], reward: rewards[agent], ends, info: infos[agent] };
      checkSeen(refuse, agent, { space: env.observationSpace(agent), ...one });
      if (ends.includes(true) === env.agents.includes(agent)) {
        const fix = 'agents are those who act next: without whoever has ended.';
        refuse(`agents do not fit the ends of ${agent}`, env.agents, ends.includes(true) ? 'it gone' : 'it there', fix);
      }
    }
    record.push(copyValue([result.observations, result.rewards, result.terminations, result.truncations]));
    seen = env.agents.length === 0 ? begin(env) : result;
  }
  return record;
}

function begin(env: ParallelEnv, options?: { seed: number }): ParallelResetResult<unknown> {
  const seen = env.reset(options);
  if (env.agents.length === 0)
    refuse('nobody takes part after a reset', 'no agents', 'at least one', 'Fill agents in reset.');
  checkKeys(refuse, 'observations', seen.observations, env.agents);
  checkKeys(refuse, 'infos', seen.infos, env.agents);
  return seen;
}

/** An action for everybody; where a mask allows nothing, it is not that agent's turn. */
function draw(
  env: ParallelEnv,
  { observations, infos }: ParallelResetResult<unknown>,
  random: Generator,
): Record<string, unknown> {
  return Object.fromEntries(
    env.agents.map((agent) => {
      const [observation, info, space] = [observations[agent], infos[agent]!, env.actionSpace(agent)];
      const waits = info['activeAgent'] !== undefined && info['activeAgent'] !== agent;
      return [agent, waits ? space.sample(0) : drawAction(refuse, { space, observation, info, random })];
    }),
  );
}

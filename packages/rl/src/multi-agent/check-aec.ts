import { checkOptionNames } from '@gai/core/errors';
import { checkCount } from '../spaces/seeded-space.ts';
import { firstDifference } from '../first-difference.ts';
import { Generator } from '../random/generator.ts';
import { copyValue } from '../tabular/copy-value.ts';
import type { AECEnv } from './aec-env.ts';
import { checkAgents, checkKeys, checkMethods, checkSeen, drawAction, refusals } from './checking.ts';

const refuse = refusals('checkAec');
const METHODS = ['reset', 'step', 'observe', 'last', 'agentIter', 'observationSpace', 'actionSpace'];

/**
 * Plays an env whose agents act one after another, and throws at the first breach of the {@link AECEnv} contract: books that are
 * about the agents who are there, observations within their spaces, rewards that add up in `last`, agents that have ended and
 * leave with `null`, masks that fit, and the same seed giving the same plays twice.
 *
 * @param env - The env; it is reset and stepped.
 * @param options - `steps`: how many to take, default 500. `seed`: default 123.
 * @throws ArgumentError that says what is wrong and what to do.
 * @example
 * import { checkAec, ConnectFour } from '@gai/rl/multi-agent';
 * checkAec(new ConnectFour()); // => undefined
 * @category Several agents
 * @since 0.1.0
 */
export function checkAec<Observation, Action>(
  env: AECEnv<Observation, Action>,
  options: { readonly steps?: number | undefined; readonly seed?: number | undefined } = {},
): void {
  checkOptionNames('checkAec', options, ['steps', 'seed']);
  const { steps = 500, seed = 123 } = options;
  checkCount('checkAec', 'steps', steps);
  checkCount('checkAec', 'seed', seed, 0);
  checkMethods(refuse, env, METHODS);
  checkAgents(refuse, env);
  const given = env as AECEnv;
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
function play(env: AECEnv, seed: number, steps: number): unknown[] {
  const random = new Generator(seed, [1]);
  const record: unknown[] = [];
  const owed = new Map<string, number>();
  const begin = (options?: { seed: number }): void => {
    env.reset(options);
    if (env.agents.length === 0)
      refuse('nobody takes part after a reset', 'no agents', 'at least one', 'Fill agents in reset.');
    owed.clear();
    checkBooks(env);
  };
  begin({ seed });
  for (let step = 0; step < steps; step++) {
    record.push(turn(env, random, owed));
    if (env.agents.length === 0) begin();
  }
  return record;
}

/** One agent's turn. */
function turn(env: AECEnv, random: Generator, owed: Map<string, number>): unknown {
  const agent = env.agentSelection;
  if (!env.agents.includes(agent)) {
    refuse(
      'it is nobody’s turn',
      agent,
      `one of ${env.agents.join(', ')}`,
      'Set agentSelection to an agent that is there.',
    );
  }
  const { observation, reward, termination, truncation, info } = env.last();
  checkSeen(refuse, agent, {
    space: env.observationSpace(agent),
    observation,
    reward,
    ends: [termination, truncation],
    info,
  });
  const due = owed.get(agent) ?? 0;
  if (Math.abs(reward - due) > 1e-9 * Math.max(1, Math.abs(due))) {
    refuse(
      `last gives ${agent} another reward than it was paid`,
      reward,
      `${due}, the sum of rewards since its last turn`,
      'Add them up.',
    );
  }
  const hasEnded = termination || truncation;
  const kept = copyValue([agent, observation, reward, termination, truncation]);
  const action = hasEnded ? null : drawAction(refuse, { space: env.actionSpace(agent), observation, info, random });
  env.step(action);
  if (hasEnded && env.agents.includes(agent)) {
    refuse(
      `${agent} has ended and is still there`,
      env.agents,
      `agents without ${agent}`,
      'Remove it at its step with null.',
    );
  }
  checkBooks(env);
  owed.set(agent, 0);
  for (const [name, paid] of Object.entries(env.rewards)) owed.set(name, (owed.get(name) ?? 0) + paid);
  return kept;
}

/** Throws unless every book is about the agents who are there. */
function checkBooks(env: AECEnv): void {
  const strange = env.agents.find((agent) => !env.possibleAgents.includes(agent));
  if (strange !== undefined)
    refuse(`${strange} is not among possibleAgents`, strange, env.possibleAgents.join(', '), 'Add it there.');
  for (const book of ['rewards', 'terminations', 'truncations', 'infos'] as const)
    checkKeys(refuse, book, env[book], env.agents);
}

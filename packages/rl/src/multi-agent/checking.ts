import type { Info } from '../env.ts';
import { argumentError, show } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import type { Space } from '../spaces/space.ts';

/** How a check refuses: what is wrong, what there is, the rule, the remedy. */
export type Refuse = (problem: string, got: unknown, rule: string, fix: string) => never;

/** Refusals in the name of a check. */
export function refusals(op: string): Refuse {
  return (problem, got, rule, fix) => {
    throw argumentError(op, `${problem}. Got ${typeof got === 'string' ? got : show(got)}; expected ${rule}. ${fix}`);
  };
}

/** Throws unless an env has all of these methods. */
export function checkMethods(refuse: Refuse, env: unknown, methods: readonly string[]): void {
  if (typeof env !== 'object' || env === null) {
    refuse('this is no env', env, `an object with ${methods.join(', ')}`, 'Pass an env, not its class.');
  }
  for (const name of methods) {
    const method = (env as Record<string, unknown>)[name];
    if (typeof method !== 'function')
      refuse(`${name} is missing`, method, `a method ${name}(…)`, `Add ${name} to the env.`);
  }
}

/** Throws unless the agents' names are a list without repetition, and their spaces are the same at every call. */
export function checkAgents(
  refuse: Refuse,
  env: { readonly possibleAgents: readonly string[] } & Record<
    'observationSpace' | 'actionSpace',
    (agent: string) => Space
  >,
): void {
  const { possibleAgents } = env;
  const isList = Array.isArray(possibleAgents) && possibleAgents.every((agent) => typeof agent === 'string');
  if (!isList || possibleAgents.length === 0 || new Set(possibleAgents).size !== possibleAgents.length) {
    refuse(
      'possibleAgents names nobody, or somebody twice',
      possibleAgents,
      'different names',
      "Name them, as ['player_0', 'player_1'].",
    );
  }
  for (const agent of possibleAgents) {
    for (const name of ['observationSpace', 'actionSpace'] as const) {
      const space = env[name](agent);
      if (typeof space?.contains !== 'function') {
        refuse(`${name} of ${agent} is no space`, space, 'a space such as Box or Discrete', 'Return one.');
      }
      if (env[name](agent) !== space) {
        refuse(
          `${name} of ${agent} is another one at every call`,
          'two objects',
          'the same object',
          'Make it once and keep it.',
        );
      }
    }
  }
}

/** Throws unless a record names exactly these agents. */
export function checkKeys(refuse: Refuse, what: string, record: object, agents: readonly string[]): void {
  const keys = typeof record === 'object' && record !== null ? Object.keys(record) : [];
  if (keys.length === agents.length && agents.every((agent) => keys.includes(agent))) return;
  refuse(
    `${what} is not about the agents`,
    keys.join(', ') || 'nobody',
    agents.join(', '),
    `Give ${what} one entry for each.`,
  );
}

/** Throws unless an agent's observation, reward and ends are what they must be. */
export function checkSeen(
  refuse: Refuse,
  agent: string,
  seen: { space: Space; observation: unknown; reward: unknown; ends: readonly unknown[]; info: unknown },
): void {
  const { space, observation, reward, ends, info } = seen;
  if (!space.contains(observation)) {
    refuse(
      `${agent} sees what is outside its observationSpace`,
      observation,
      `an element of ${space}`,
      'Fix the observation or the space.',
    );
  }
  if (typeof reward !== 'number' || !Number.isFinite(reward)) {
    refuse(`the reward of ${agent} is none`, reward, 'a finite number', 'Fix the reward.');
  }
  if (!ends.every((end) => typeof end === 'boolean')) {
    refuse(
      `an end of ${agent} is no boolean`,
      ends,
      'true or false',
      'Return booleans as terminations and truncations.',
    );
  }
  if (typeof info !== 'object' || info === null || Array.isArray(info)) {
    refuse(`the info of ${agent} is none`, info, 'an object', 'Give it {}.');
  }
}

/** An action that an agent can take: drawn among those that its mask allows, if it has one. */
export function drawAction(
  refuse: Refuse,
  seen: { space: Space; observation: unknown; info: Info; random: Generator },
): unknown {
  const { space, observation, info, random } = seen;
  const mask = (observation as { actionMask?: unknown } | null)?.actionMask ?? info['actionMask'];
  space.seed(random.integers(0, 2 ** 31));
  if (mask === undefined) return space.sample();
  const entries = Array.from(mask as ArrayLike<number>);
  if (space.kind !== 'Discrete' || entries.length !== space.flatSize || !entries.includes(1)) {
    refuse(
      'the action mask does not fit',
      entries,
      `${space.flatSize} entries of 0 and 1, at least one 1`,
      'Fix the mask.',
    );
  }
  const first = (space as { start?: number }).start ?? 0;
  return first + random.choice(entries.flatMap((entry, index) => (entry === 1 ? [index] : [])));
}

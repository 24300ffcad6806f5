import { parseArgs } from 'node:util';
import { UsageError, parseCount } from './usage.ts';

/** Agents that both have, and the least of theirs / ours. */
export const AGENT_BARS = { ppo: 3.5, dqn: 2, sac: 1, td3: 1 } as const;
export type BenchAgent = keyof typeof AGENT_BARS;

/** Where each learns unless told. */
export const DEFAULT_ENVS: Readonly<Record<BenchAgent, string>> = {
  ppo: 'CartPole-v1',
  dqn: 'CartPole-v1',
  sac: 'Pendulum-v1',
  td3: 'Pendulum-v1',
};

/** What `pnpm bench agents` does. */
export interface AgentsSettings {
  readonly agents: readonly BenchAgent[];
  /** Default: {@link DEFAULT_ENVS}. */
  readonly env: string | undefined;
  /** Steps of all envs in a block. */
  readonly steps: number;
  /** Blocks that are timed, of each contender. */
  readonly rounds: number;
  /** Whether Stable-Baselines3 learns too. */
  readonly hasPeer: boolean;
  readonly json: boolean;
}

export const AGENTS_USAGE = `pnpm bench agents [options]: how fast agents learn beside Stable-Baselines3's, at RL Baselines3 Zoo's settings, one thread each, processor time

  --json               the last line is {"rows":[…]}
  --agents <names>     ${Object.keys(AGENT_BARS).join(',')}. Default all
  --env <id>           an environment with a preset of each agent. Default CartPole-v1; for sac and td3 Pendulum-v1
  --contenders <name>  stable-baselines3; 'none': ours alone
  --steps <n>          steps of a block. Default 4096
  --rounds <n>         blocks that are timed, after one that is not. Default 5

GAI_BENCH_PYTHON names a Python with stable-baselines3 (measured with 2.9.2) and torch.`;

export function parseAgents(args: string[]): AgentsSettings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { json: { type: 'boolean' }, agents: text, env: text, contenders: text, steps: text, rounds: text },
  });
  const known = Object.keys(AGENT_BARS) as BenchAgent[];
  const agents = values.agents?.split(',') ?? known;
  const wrong = agents.find((name) => !(known as string[]).includes(name));
  if (wrong !== undefined)
    throw new UsageError(`agents: there is no agent '${wrong}'. Choose from ${known.join(', ')}.`);
  const peer = values.contenders ?? 'stable-baselines3';
  if (peer !== 'stable-baselines3' && peer !== 'none') {
    throw new UsageError(`agents: there is no contender '${peer}'. Choose stable-baselines3 or none.`);
  }
  return {
    agents: agents as BenchAgent[],
    env: values.env,
    steps: parseCount('agents', 'steps', values.steps ?? '4096'),
    rounds: parseCount('agents', 'rounds', values.rounds ?? '5'),
    hasPeer: peer !== 'none',
    json: values.json ?? false,
  };
}

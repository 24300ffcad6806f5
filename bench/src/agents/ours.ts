/** A process of its own that learns as many steps as each line of its input says, and answers with a {@link Block}. */
import { createInterface } from 'node:readline';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { makeVec } from '@gai/rl';
import { DQN, PPO, SAC, TD3, VecNormalize } from '@gai/rl/deep';
import type { Agent, AgentEnv } from '@gai/rl/deep';
import type { BenchAgent } from '../agents-options.ts';
import type { Block, LearnerSettings } from './learner.ts';

const MAKERS: Readonly<Record<BenchAgent, (env: AgentEnv, options: object) => Agent>> = {
  ppo: (env, options) => new PPO('MlpPolicy', env, options),
  dqn: (env, options) => new DQN('MlpPolicy', env, options),
  sac: (env, options) => new SAC('MlpPolicy', env, options),
  td3: (env, options) => new TD3('MlpPolicy', env, options),
};

const { agent: name, env: id, numEnvs, normalize, options, seed } = JSON.parse(process.argv[2]!) as LearnerSettings;
setDefaultBackend(await nodeBackend({ threads: 1 }));
const envs = makeVec(id, { numEnvs, autoresetMode: 'same-step' });
const env = normalize ? new VecNormalize(envs, { gamma: options['gamma'] as number }) : envs;
const agent = MAKERS[name as BenchAgent](env, { ...options, seed });

for await (const line of createInterface({ input: process.stdin })) {
  const usage = process.cpuUsage();
  const before = agent.numTimesteps;
  const log = { name: 'log', log: () => undefined };
  await agent.learn({ totalTimesteps: Number(line), resetNumTimesteps: false, sinks: [log] });
  const { user, system } = process.cpuUsage(usage);
  const { returns } = agent.episodes;
  const meanReturn = returns.length === 0 ? null : returns.reduce((sum, one) => sum + one, 0) / returns.length;
  const block: Block = { steps: agent.numTimesteps - before, processorMs: (user + system) / 1000, meanReturn };
  console.log(JSON.stringify(block));
}

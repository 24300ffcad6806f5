import { preset } from '@gai/rl/deep';
import { AGENT_BARS, DEFAULT_ENVS } from './agents-options.ts';
import type { AgentsSettings, BenchAgent } from './agents-options.ts';
import { startLearner } from './agents/contender.ts';
import type { Block, LearnerSettings } from './agents/learner.ts';
import { formatColumns } from './report.ts';
import { UsageError } from './usage.ts';

/** How fast one contender learned, and what it reached. */
interface AgentRow {
  readonly agent: BenchAgent;
  readonly env: string;
  readonly contender: string;
  readonly steps: number;
  readonly stepsPerProcessorSecond: number;
  readonly meanReturn: number | null;
  readonly peerOverOurs?: number;
}

/** It takes minutes: what it does is said beside the table. */
const say = (text: string): void => console.error(text);

/** Ours beside Stable-Baselines3's, which take turns: a block of steps each, updates and logs included. */
export async function agents(settings: AgentsSettings): Promise<void> {
  const rows: AgentRow[] = [];
  for (const agent of settings.agents) rows.push(...(await besides(agent, settings)));
  const lines = rows.map(({ agent, contender, stepsPerProcessorSecond, meanReturn, peerOverOurs: ratio }) => {
    const bar = AGENT_BARS[agent];
    const asked = ratio === undefined ? '' : ratio >= bar ? `≥ ${bar}x` : `missed ${bar}x`;
    const factor = ratio === undefined ? '' : `${ratio.toFixed(2)}x`;
    return [agent, contender, stepsPerProcessorSecond.toFixed(0), meanReturn?.toFixed(1) ?? '-', factor, asked];
  });
  const head = ['agent', 'contender', 'steps/s', 'return', 'peer/ours', 'bar'];
  console.log(formatColumns(head, lines, ['agent', 'contender']));
  if (settings.json) console.log(JSON.stringify({ rows }));
}

async function besides(agent: BenchAgent, settings: AgentsSettings): Promise<AgentRow[]> {
  const { env = DEFAULT_ENVS[agent], steps, rounds, hasPeer } = settings;
  const contenders = (hasPeer ? (['gai', 'stable-baselines3'] as const) : (['gai'] as const)).map((name) =>
    startLearner(name, settingsOf(agent, env)),
  );
  try {
    const blocks = contenders.map((): Block[] => []);
    for (let round = 0; round <= rounds; round += 1) {
      say(`${agent}: round ${round} of ${rounds}`);
      for (const [index, contender] of contenders.entries()) {
        const block = await contender.learn(steps);
        if (round > 0) blocks[index]!.push(block);
      }
    }
    const [ours, ...peers] = contenders.map(({ name }, index) =>
      rowOf({ agent, env, contender: name }, blocks[index]!),
    );
    const beside = (peer: AgentRow): AgentRow => ({
      ...peer,
      peerOverOurs: ours!.stepsPerProcessorSecond / peer.stepsPerProcessorSecond,
    });
    return [ours!, ...peers.map(beside)];
  } finally {
    for (const contender of contenders) contender.close();
  }
}

function settingsOf(agent: BenchAgent, env: string): LearnerSettings {
  const tuned = preset(agent, env);
  if (tuned === undefined) throw new UsageError(`agents: ${agent} has no preset for ${env}. Choose another --env.`);
  const { numEnvs, normalize, options } = tuned;
  return { agent, env, numEnvs, normalize, options: { ...options }, seed: 0 };
}

function rowOf(what: Pick<AgentRow, 'agent' | 'env' | 'contender'>, blocks: readonly Block[]): AgentRow {
  const steps = blocks.reduce((sum, block) => sum + block.steps, 0);
  const seconds = blocks.reduce((sum, block) => sum + block.processorMs, 0) / 1000;
  return { ...what, steps, stepsPerProcessorSecond: steps / seconds, meanReturn: blocks.at(-1)!.meanReturn };
}

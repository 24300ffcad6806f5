import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvSink } from '@gai/nn';
import { makeVec } from '@gai/rl';
import { evaluatePolicy, progressBar } from '@gai/rl/deep';
import type { AgentCallback, OnPolicyAgent } from '@gai/rl/deep';
import { UsageError } from '../errors.ts';
import { interruptSignal } from '../interrupt.ts';
import { withBackend } from '../language/with-backend.ts';
import type { Streams } from '../streams.ts';
import { sparkline } from '../terminal/sparkline.ts';
import { styleFor } from '../terminal/style.ts';
import { envIdOf, loadedAgent, newAgent, setupOf } from './agent.ts';
import type { Algorithm, AgentSetup } from './agent.ts';

/** Options of `gai rl train`. */
export interface TrainAgentOptions {
  readonly env: string;
  readonly steps?: number;
  readonly seed: number;
  readonly envs?: number;
  readonly preset: boolean;
  readonly device: string;
  readonly threads: number;
  readonly evalEpisodes: number;
  readonly resume?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** What a training run came to. */
interface Trained {
  readonly agent: OnPolicyAgent;
  /** Steps of this call. */
  readonly steps: number;
  readonly seconds: number;
  readonly processorSeconds: number;
  /** Mean returns while learning. */
  readonly curve: readonly number[];
}

/** `gai rl train`: learns, measures, and saves the agent. */
export async function trainAgent(algorithm: Algorithm, options: TrainAgentOptions, streams: Streams): Promise<void> {
  const id = envIdOf(options.env);
  const setup = setupOf(algorithm, id, { usesPreset: options.preset, envs: options.envs });
  const total = options.steps ?? setup.steps;
  const out = options.out ?? join('runs', `${algorithm}-${id}`);
  await withBackend(options, async () => {
    const trained = await train({ setup, total, out }, options, streams);
    const { agent, steps, seconds, processorSeconds, curve } = trained;
    const envs = makeVec(id, { numEnvs: Math.min(10, options.evalEpisodes), autoresetMode: 'same-step' });
    const { mean, std } = await evaluatePolicy(agent, envs, { episodes: options.evalEpisodes, seed: EVALUATION_SEED });
    const style = styleFor(streams.stdout);
    const wide = Math.min(60, (streams.stdout.columns ?? 80) - 12);
    const lowest = curve.reduce((least, one) => Math.min(least, one), Infinity);
    streams.stdout.write(
      [
        `${style.bold('return')}  ${sparkline(
          curve.map((one) => one - lowest + 1),
          wide,
        )}`,
        `${style.bold(algorithm.toUpperCase())} in ${id}: mean return ${mean.toFixed(2)} ± ${std.toFixed(2)} over ` +
          `${options.evalEpisodes} episodes after ${agent.numTimesteps} steps`,
        `${style.bold('speed')}   ${Math.round(steps / seconds)} steps/s, ${Math.round(steps / processorSeconds)} per second of processor time`,
        `${style.bold('saved')}   ${join(out, 'last.safetensors')}`,
        '',
      ].join('\n'),
    );
    if (options.json !== true) return;
    const result = {
      meanReturn: mean,
      stdReturn: std,
      steps: agent.numTimesteps,
      stepsPerSecond: rounded(steps / seconds),
      stepsPerProcessorSecond: rounded(steps / processorSeconds),
      seconds: Number(seconds.toFixed(3)),
    };
    streams.stdout.write(`${JSON.stringify(result)}\n`);
  });
}

/** Evaluations of all agents see the same episodes, which no training seed begins with. */
export const EVALUATION_SEED = 1_000_000;

/** A rate; 0 where nothing was left to do. */
const rounded = (rate: number): number => (Number.isFinite(rate) ? Math.round(rate) : 0);

async function train(
  { setup, total, out }: { readonly setup: AgentSetup; readonly total: number; readonly out: string },
  options: TrainAgentOptions,
  { stderr }: Streams,
): Promise<Trained> {
  const file = join(out, 'last.safetensors');
  if (options.resume === true && !existsSync(file)) {
    throw new UsageError(`there is nothing to resume: no ${file}. Leave out --resume, or name the folder with --out.`);
  }
  const agent = options.resume === true ? await loadedAgent(file, setup.id) : newAgent(setup, options.seed);
  const before = agent.numTimesteps;
  const curve: number[] = [];
  const interrupt = interruptSignal();
  const watch: AgentCallback = {
    name: 'watch',
    onStep: ({ stop }) => {
      if (interrupt.signal.aborted) stop('interrupted');
    },
    onUpdateEnd: (_, scalars) => {
      const mean = scalars['rollout/ep_rew_mean'];
      if (mean !== undefined) curve.push(mean);
    },
    onTrainingEnd: () => agent.save(file),
  };
  const began = performance.now();
  const usage = process.cpuUsage();
  try {
    if (before < total) {
      await agent.learn({
        totalTimesteps: total - before,
        callbacks: [progressBar({ stream: stderr }), watch],
        sinks: [csvSink(join(out, 'log.csv'))],
        resetNumTimesteps: false,
      });
    }
  } finally {
    interrupt.release();
  }
  const { user, system } = process.cpuUsage(usage);
  const seconds = (performance.now() - began) / 1000;
  return { agent, steps: agent.numTimesteps - before, seconds, processorSeconds: (user + system) / 1e6, curve };
}

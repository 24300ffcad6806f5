import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvSink } from '@gai/nn';
import { makeVec } from '@gai/rl';
import { evaluatePolicy } from '@gai/rl/deep';
import type { Agent, AgentCallback } from '@gai/rl/deep';
import { UsageError } from '../errors.ts';
import { interrupted, interruptSignal } from '../interrupt.ts';
import { withBackend } from '../with-backend.ts';
import type { Streams } from '../streams.ts';
import { sparkline } from '../terminal/sparkline.ts';
import { styleFor } from '../terminal/style.ts';
import { loadedAgent, newAgent, saveAgent, savedAgent, setupOf } from './agent.ts';
import type { AskedRun } from './agent.ts';
import { envIdOf } from './env-id.ts';
import { liveCurve } from './live-curve.ts';
import type { Algorithm } from './names.ts';

/** Options of `gai rl train`. */
export interface TrainAgentOptions {
  readonly env: string;
  readonly steps?: number;
  /** Default 0. */
  readonly seed?: number;
  readonly envs?: number;
  readonly preset: boolean;
  readonly device: string;
  readonly threads: number;
  readonly evalEpisodes: number;
  readonly resume?: boolean;
  readonly out?: string;
  /** Takes the place of what an earlier run has learned. */
  readonly replaces?: boolean;
  readonly json?: boolean;
}

/** What a training run came to. */
interface Trained {
  readonly agent: Agent;
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
  const out = options.out ?? join('runs', `${algorithm}-${id}`);
  const file = join(out, 'last.safetensors');
  if (options.replaces !== true) checkFile(file, options.resume === true);
  await withBackend(options, async () => {
    const begun = await begin(file, { algorithm, id }, options);
    const trained = await train(begun, { out, file }, streams);
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
        `${style.bold('saved')}   ${file}`,
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

/** Evaluations of all agents see the same episodes: those of this seed, unless another is asked for. */
export const EVALUATION_SEED = 1_000_000;

/** A rate; 0 where nothing was left to do. */
const rounded = (rate: number): number => (Number.isFinite(rate) ? Math.round(rate) : 0);

/** Neither goes on from nothing nor writes over what an earlier run has learned. */
function checkFile(file: string, resumes: boolean): void {
  const isThere = existsSync(file);
  if (resumes && !isThere) {
    throw new UsageError(`there is nothing to resume: no ${file}. Leave out --resume, or name the folder with --out.`);
  }
  if (!resumes && isThere) {
    throw new UsageError(`${file} holds a trained agent. Go on with it (--resume), or name another folder with --out.`);
  }
}

/** An agent at the beginning of a run, and how far that goes. */
interface Begun {
  readonly agent: Agent;
  readonly run: AskedRun;
  readonly total: number;
}

async function begin(
  file: string,
  { algorithm, id }: { readonly algorithm: Algorithm; readonly id: string },
  options: TrainAgentOptions,
): Promise<Begun> {
  const { envs, seed, steps } = options;
  if (options.resume !== true) {
    const setup = setupOf(algorithm, id, { usesPreset: options.preset, envs });
    const run = { env: id, preset: options.preset };
    return { agent: newAgent(setup, seed ?? 0), run, total: steps ?? setup.steps };
  }
  const asked = { algorithm, env: id, seed, envs, preset: options.preset ? undefined : false };
  const saved = await savedAgent(file, asked);
  const { run } = saved;
  const setup = setupOf(algorithm, id, { usesPreset: run.preset ?? options.preset, envs: run.envs });
  return { agent: await loadedAgent(saved, id), run: { ...run, env: id }, total: steps ?? setup.steps };
}

/** Milliseconds between two saves while an agent learns. */
const SAVE_EVERY = 30_000;

async function train(
  { agent, run, total }: Begun,
  { out, file }: { readonly out: string; readonly file: string },
  { stderr }: Streams,
): Promise<Trained> {
  const before = agent.numTimesteps;
  const curve: number[] = [];
  const interrupt = interruptSignal();
  const began = performance.now();
  let saved = began;
  const watch: AgentCallback = {
    name: 'watch',
    onStep: ({ stop }) => {
      if (interrupt.signal.aborted) stop('interrupted');
    },
    onUpdateEnd: async (_, scalars) => {
      const mean = scalars['rollout/ep_rew_mean'];
      if (mean !== undefined) curve.push(mean);
      if (performance.now() - saved < SAVE_EVERY) return;
      await saveAgent(file, agent, run);
      saved = performance.now();
    },
  };
  const usage = process.cpuUsage();
  try {
    if (before < total) {
      await agent.learn({
        totalTimesteps: total - before,
        callbacks: [liveCurve(stderr), watch],
        sinks: [csvSink(join(out, 'log.csv'))],
        resetNumTimesteps: false,
      });
      // Not after an error: a step that was half taken is in some of the agent's parts and not in others.
      await saveAgent(file, agent, run);
    }
  } finally {
    interrupt.release();
  }
  if (interrupt.signal.aborted && agent.numTimesteps < total) {
    throw interrupted('rl train', `after ${agent.numTimesteps} of ${total} steps; ${file} is saved, --resume goes on`);
  }
  const { user, system } = process.cpuUsage(usage);
  const seconds = (performance.now() - began) / 1000;
  return { agent, steps: agent.numTimesteps - before, seconds, processorSeconds: (user + system) / 1e6, curve };
}

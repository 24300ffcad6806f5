import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { fileStorage, nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { makeVec } from '@gai/rl';
import { evaluatePolicy } from '@gai/rl/deep';
import type { Agent, AgentEnv } from '@gai/rl/deep';

/** What a program has to say to be measured. */
export interface Bar<Settings extends { readonly totalTimesteps: number }> {
  /** Where results are kept, by env and seed. */
  readonly results: URL;
  /** Learned where the command names none. */
  readonly env: string;
  /** Steps of a run with `--smoke`: enough for an update. */
  readonly smokeSteps: number;
  /** Tuned settings for an env; undefined where there are none. */
  settings(id: string): Settings | undefined;
  /** Who learns; a run with `--smoke` may begin to learn earlier. */
  make(learner: Learner<Settings>): Agent;
  /** Envs that the final policy plays in. Default: ten of `makeVec`. */
  envs?(id: string): AgentEnv;
}

/** One run of a bar. */
export interface Learner<Settings> {
  readonly id: string;
  readonly seed: number;
  readonly settings: Settings;
  readonly isSmoke: boolean;
}

/** One run as `<name>.results.json` has it. */
interface BarResult {
  readonly meanReturn: number;
  readonly stdReturn: number;
  readonly steps: number;
  readonly seconds: number;
  readonly stepsPerProcessorSecond: number;
  readonly curve: readonly (readonly [steps: number, meanReturn: number])[];
}

const POINTS = 25;
const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/**
 * Measures the bars of an algorithm: for each seed of the command line it learns at the tuned settings, plays 100 deterministic
 * episodes with the final policy, and writes what came of it. The arguments are `[env] [seeds] [--smoke]`; one thread.
 *
 * @throws Error where there are no settings for the env.
 */
export async function measureBar<Settings extends { readonly totalTimesteps: number }>(
  bar: Bar<Settings>,
): Promise<void> {
  const words = process.argv.slice(2).filter((word) => word !== '--smoke');
  const isSmoke = process.argv.includes('--smoke');
  const seeds = words.filter((word) => /^\d+$/.test(word)).map(Number);
  const id = words.find((word) => !/^\d+$/.test(word)) ?? bar.env;
  const settings = bar.settings(id);
  if (settings === undefined) throw new Error(`There is no preset for ${id}.`);
  setDefaultBackend(await nodeBackend({ threads: 1 }));
  for (const seed of seeds.length === 0 ? [0] : seeds) {
    const name = `${id} seed ${seed}`;
    const result = await learnAndPlay(bar, { id, seed, settings, isSmoke });
    if (!isSmoke) await keep(fileURLToPath(bar.results), name, result);
    const { meanReturn, stdReturn, stepsPerProcessorSecond } = result;
    console.log(`${name}: ${meanReturn} ± ${stdReturn}, ${stepsPerProcessorSecond} steps per processor second`);
  }
}

async function learnAndPlay<Settings extends { readonly totalTimesteps: number }>(
  bar: Bar<Settings>,
  learner: Learner<Settings>,
): Promise<BarResult> {
  const { id, isSmoke, settings } = learner;
  const totalTimesteps = isSmoke ? bar.smokeSteps : settings.totalTimesteps;
  const agent = bar.make(learner);
  const curve: [steps: number, meanReturn: number][] = [];
  const log = (steps: number, row: Readonly<Record<string, number>>): void => {
    const mean = row['rollout/ep_rew_mean'];
    const isDue = steps >= ((curve.length + 1) * totalTimesteps) / POINTS;
    if (mean !== undefined && isDue) curve.push([steps, rounded(mean, 2)]);
  };
  const usage = process.cpuUsage();
  const began = performance.now();
  await agent.learn({ totalTimesteps, sinks: [{ name: 'curve', log }] });
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(usage);
  const envs = bar.envs?.(id) ?? makeVec(id, { numEnvs: 10 });
  const { mean, std } = await evaluatePolicy(agent, envs, { episodes: isSmoke ? 2 : 100, seed: 1_000_000 });
  return {
    meanReturn: rounded(mean, 2),
    stdReturn: rounded(std, 3),
    steps: agent.numTimesteps,
    seconds: Math.round(seconds),
    stepsPerProcessorSecond: Math.round((agent.numTimesteps * 1e6) / (user + system)),
    curve,
  };
}

/** Adds one run to a file, which is never half written; runs that other programs have added meanwhile stay. */
async function keep(file: string, name: string, result: BarResult): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const all = { ...(JSON.parse(text) as Record<string, BarResult>), [name]: result };
  await fileStorage.writeAtomic(file, [new TextEncoder().encode(`${JSON.stringify(all, null, 1)}\n`)]);
}

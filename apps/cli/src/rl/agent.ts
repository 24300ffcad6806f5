import { makeVec } from '@gai/rl';
import { A2C, DQN, PPO, preset, REINFORCE, SAC, TD3, VecNormalize } from '@gai/rl/deep';
import type { Agent, AgentEnv, Preset, VecNormalizeOptions } from '@gai/rl/deep';
import { loadCheckpoint, saveCheckpoint } from '@gai/nn';
import type { Checkpoint } from '@gai/nn';
import { UsageError } from '../errors.ts';
import { ALGORITHMS } from './names.ts';
import type { Algorithm } from './names.ts';

/** How the agents of an algorithm are made, and read from a checkpoint. */
interface Maker {
  make(env: AgentEnv, options: object): Agent;
  load(checkpoint: Checkpoint, env: AgentEnv): Promise<Agent>;
}

const MAKERS: Readonly<Record<Algorithm, Maker>> = {
  ppo: {
    make: (env, options) => new PPO('MlpPolicy', env, options),
    load: (checkpoint, env) => PPO.load(checkpoint, { env }),
  },
  a2c: {
    make: (env, options) => new A2C('MlpPolicy', env, options),
    load: (checkpoint, env) => A2C.load(checkpoint, { env }),
  },
  reinforce: {
    make: (env, options) => new REINFORCE('MlpPolicy', env, options),
    load: (checkpoint, env) => REINFORCE.load(checkpoint, { env }),
  },
  dqn: {
    make: (env, options) => new DQN('MlpPolicy', env, options),
    load: (checkpoint, env) => DQN.load(checkpoint, { env }),
  },
  sac: {
    make: (env, options) => new SAC('MlpPolicy', env, options),
    load: (checkpoint, env) => SAC.load(checkpoint, { env }),
  },
  td3: {
    make: (env, options) => new TD3('MlpPolicy', env, options),
    load: (checkpoint, env) => TD3.load(checkpoint, { env }),
  },
};

/** How an agent of the command line is made. */
export interface AgentSetup {
  readonly algorithm: Algorithm;
  readonly id: string;
  readonly numEnvs: number;
  readonly normalize: boolean;
  readonly options: { readonly gamma?: number | undefined };
}

/** The tuned settings of an environment, or the defaults. */
export function setupOf(
  algorithm: Algorithm,
  id: string,
  { usesPreset, envs }: { readonly usesPreset: boolean; readonly envs?: number | undefined },
): AgentSetup & { readonly steps: number } {
  const tuned: Preset<AgentSetup['options']> | undefined = usesPreset ? preset(algorithm, id) : undefined;
  return {
    algorithm,
    id,
    numEnvs: envs ?? tuned?.numEnvs ?? 1,
    normalize: tuned?.normalize ?? false,
    options: tuned?.options ?? {},
    steps: tuned?.totalTimesteps ?? 100_000,
  };
}

/** The envs that an agent learns in. */
function envsOf(id: string, numEnvs: number, normalize: VecNormalizeOptions | undefined): AgentEnv {
  const envs = makeVec(id, { numEnvs, autoresetMode: 'same-step' });
  return normalize === undefined ? envs : new VecNormalize(envs, normalize);
}

/** A new agent. */
export function newAgent({ algorithm, id, numEnvs, normalize, options }: AgentSetup, seed: number): Agent {
  const envs = envsOf(id, numEnvs, normalize ? { gamma: options.gamma } : undefined);
  return MAKERS[algorithm].make(envs, { ...options, seed });
}

/** What an agent was begun with. */
export interface SavedRun {
  readonly algorithm: Algorithm;
  /** Unknown of files that a program has written with `agent.save`, as is `preset`. */
  readonly env: string | undefined;
  readonly preset: boolean | undefined;
  readonly seed: number;
  readonly envs: number;
}

/** What was asked for; a value that is undefined was not. */
export type AskedRun = { readonly [Name in keyof SavedRun]?: SavedRun[Name] | undefined };

/** A file of an agent, read once. */
export interface SavedAgent {
  readonly run: SavedRun;
  readonly checkpoint: Checkpoint;
}

/** Writes an agent and what it was begun with. */
export async function saveAgent(file: string, agent: Agent, run: AskedRun): Promise<void> {
  const checkpoint = agent.checkpoint();
  const { env = null, preset: usesPreset = null } = run;
  await saveCheckpoint(file, { ...checkpoint, progress: { ...checkpoint.progress, run: { env, preset: usesPreset } } });
}

interface SavedProgress {
  readonly agent?: unknown;
  readonly options?: { readonly seed?: unknown };
  readonly normalizer?: { readonly settings?: VecNormalizeOptions } | null;
  readonly episodes?: { readonly totals?: readonly number[] };
  readonly run?: { readonly env?: unknown; readonly preset?: unknown };
}

/** The agent of a file and what it was begun with, which what was asked for must not contradict. */
export async function savedAgent(file: string, asked: AskedRun): Promise<SavedAgent> {
  const checkpoint = await loadCheckpoint(file);
  const { agent, options, episodes, run } = checkpoint.progress as SavedProgress;
  const algorithm = ALGORITHMS.find((name) => name.toUpperCase() === agent);
  const { seed } = options ?? {};
  const envs = episodes?.totals?.length;
  if (algorithm === undefined || typeof seed !== 'number' || envs === undefined) {
    throw new UsageError(`'${file}' holds no agent that this version knows.`);
  }
  const env = typeof run?.env === 'string' ? run.env : undefined;
  const usesPreset = typeof run?.preset === 'boolean' ? run.preset : undefined;
  const saved: SavedRun = { algorithm, env, preset: usesPreset, seed, envs };
  for (const name of Object.keys(saved) as (keyof SavedRun)[]) {
    if (asked[name] === undefined || saved[name] === undefined || asked[name] === saved[name]) continue;
    throw new UsageError(
      `the agent in '${file}' was begun otherwise. Got ${shown(name, asked)}; expected ${shown(name, saved)}. Ask for that, or ` +
        'train anew in another folder (--out).',
    );
  }
  return { run: saved, checkpoint };
}

function shown(name: keyof SavedRun, run: AskedRun): string {
  if (name === 'algorithm') return String(run.algorithm);
  if (name === 'preset') return run.preset === true ? "the preset's settings" : '--no-preset';
  return `--${name} ${run[name]}`;
}

/** The agent of a file, in envs like those it learned in. */
export async function loadedAgent({ run: { algorithm, envs }, checkpoint }: SavedAgent, id: string): Promise<Agent> {
  const { normalizer } = checkpoint.progress as SavedProgress;
  const env = envsOf(
    id,
    envs,
    normalizer === null || normalizer === undefined ? undefined : (normalizer.settings ?? {}),
  );
  return MAKERS[algorithm].load(checkpoint, env);
}

import { envIds, makeVec } from '@gai/rl';
import { A2C, PPO, preset, VecNormalize } from '@gai/rl/deep';
import type { A2COptions, AgentEnv, OnPolicyAgent, PPOOptions, Preset } from '@gai/rl/deep';
import { loadCheckpoint } from '@gai/nn';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../suggest.ts';

/** What `gai rl train` can train. */
export const ALGORITHMS = ['ppo', 'a2c'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const plain = (id: string): string =>
  id
    .toLowerCase()
    .replace(/-v\d+$/, '')
    .replace(/[^a-z0-9]/g, '');

/** The id that a name stands for: `cartpole` for CartPole-v1, the newest version where there are several. */
export function envIdOf(name: string): string {
  const ids = envIds();
  const found = ids.includes(name) ? name : ids.findLast((id) => plain(id) === plain(name));
  if (found !== undefined) return found;
  throw new UsageError(
    `unknown environment '${name.slice(0, 60)}'. ${didYouMean(plain(name), [...new Set(ids.map(plain))])}gai rl envs lists them.`,
  );
}

/** How an agent of the command line is made. */
export interface AgentSetup {
  readonly algorithm: Algorithm;
  readonly id: string;
  readonly numEnvs: number;
  readonly normalize: boolean;
  readonly options: PPOOptions & A2COptions;
}

/** The tuned settings of an environment, or the defaults. */
export function setupOf(
  algorithm: Algorithm,
  id: string,
  { usesPreset, envs }: { readonly usesPreset: boolean; readonly envs?: number | undefined },
): AgentSetup & { readonly steps: number } {
  const tuned: Preset<PPOOptions & A2COptions> | undefined = usesPreset ? preset(algorithm, id) : undefined;
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
function envsOf({ id, numEnvs, normalize, options }: AgentSetup): AgentEnv {
  const envs = makeVec(id, { numEnvs, autoresetMode: 'same-step' });
  return normalize ? new VecNormalize(envs, { gamma: options.gamma }) : envs;
}

/** A new agent. */
export function newAgent(setup: AgentSetup, seed: number): OnPolicyAgent {
  const settings = { ...setup.options, seed };
  return setup.algorithm === 'ppo'
    ? new PPO('MlpPolicy', envsOf(setup), settings)
    : new A2C('MlpPolicy', envsOf(setup), settings);
}

/** The agent of a file, in envs like those it learned in. */
export async function loadedAgent(file: string, id: string): Promise<OnPolicyAgent> {
  const { progress } = await loadCheckpoint(file);
  const { agent, normalizer, episodes } = progress as unknown as {
    readonly agent?: unknown;
    readonly normalizer?: unknown;
    readonly episodes?: { readonly totals: readonly number[] };
  };
  const algorithm = ALGORITHMS.find((name) => name.toUpperCase() === agent);
  if (algorithm === undefined) throw new UsageError(`'${file}' holds no agent that this version knows.`);
  const numEnvs = episodes?.totals.length ?? 1;
  const env = envsOf({ algorithm, id, numEnvs, normalize: normalizer !== null, options: {} });
  return algorithm === 'ppo' ? PPO.load(file, { env }) : A2C.load(file, { env });
}

import { readFileSync } from 'node:fs';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Box, Discrete, MultiBinary, MultiDiscrete, SyncVectorEnv } from '@gai/rl';
import type { Env, Space } from '@gai/rl';
import { A2C, PPO } from '@gai/rl/deep';
import type { A2COptions, OnPolicyAgent, PPOOptions } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNumbers } from './torch.ts';
import type { Packed } from './torch.ts';

/** One rollout, and what Stable-Baselines3 made of it: `fixtures/make-agents.py`. */
interface Case {
  readonly kind: 'PPO' | 'A2C';
  readonly space: { readonly kind: string; readonly n?: number; readonly size?: number; readonly nvec?: number[] };
  readonly options: Readonly<Record<string, number | boolean>>;
  readonly policy: Readonly<Record<string, number | boolean>>;
  readonly steps: readonly Readonly<
    Record<
      'observations' | 'actions' | 'values' | 'logProbs' | 'rewards' | 'terminations' | 'truncations' | 'finals',
      number[]
    >
  >[];
  readonly last: number[];
  readonly before: Readonly<Record<string, Packed>>;
  readonly after: Readonly<Record<string, Packed>>;
  readonly advantages: number[];
  readonly returns: number[];
  readonly logged: Readonly<Record<string, number>>;
}

const cases = JSON.parse(readFileSync(new URL('./fixtures/agents.json', import.meta.url), 'utf8')) as Case[];
const ENVS = 2;

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

function spaceOf({ kind, n, size, nvec }: Case['space']): Space {
  if (kind === 'Discrete') return new Discrete(n!) as Space;
  if (kind === 'MultiBinary') return new MultiBinary(n!) as Space;
  if (kind === 'MultiDiscrete') return new MultiDiscrete(nvec!) as Space;
  return new Box({ low: -1, high: 1, shape: [size!] }) as Space;
}

/** An env of the right spaces that nobody steps. */
const still = (actionSpace: Space): Env => ({
  observationSpace: new Box({ low: -5, high: 5, shape: [3] }) as Space,
  actionSpace,
  reset: () => ({ observation: new Float32Array(3), info: {} }),
  step: () => expect.fail('nobody steps it'),
});

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function agentOf({ kind, space, options, policy, steps }: Case): OnPolicyAgent {
  const envs = new SyncVectorEnv(Array.from({ length: ENVS }, () => () => still(spaceOf(space))));
  const [own, kwargs] = [options, policy].map((given) =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [camelCase(name), value])),
  );
  const common = { ...own, nSteps: steps.length, policyKwargs: { netArch: [6, 5], ...kwargs }, seed: 0 };
  if (kind === 'A2C') return new A2C('MlpPolicy', envs, common as A2COptions);
  return new PPO('MlpPolicy', envs, { ...common, batchSize: steps.length * ENVS } as PPOOptions);
}

/** Stable-Baselines3's name of a parameter in ours. */
const renamed = (name: string): string =>
  name
    .replace('mlp_extractor.policy_net', 'policyNet')
    .replace('mlp_extractor.value_net', 'valueNet')
    .replace(/^action_net/, 'actionNet')
    .replace(/^value_net/, 'valueHead')
    .replace('log_std', 'logStd');

const floats = ({ shape, data: values }: Packed) => tensor(Float32Array.from(values), { shape });

describe.each(cases.map((one) => [`${one.kind} ${one.space.kind} ${JSON.stringify(one.options)}`, one] as const))(
  '%s',
  (_, one) => {
    it('estimates, updates and logs what Stable-Baselines3 does', async () => {
      const agent = agentOf(one);
      const { buffer } = agent;
      agent.policy.loadStateDict(
        Object.fromEntries(Object.entries(one.before).map(([name, value]) => [renamed(name), floats(value)])),
      );
      const finals: number[] = [];
      one.steps.forEach((step, index) => {
        step.truncations.forEach((truncated, env) => {
          if (truncated === 0 || step.terminations[env] === 1) return;
          buffer.finals.set(index * ENVS + env, new Float32Array(3));
          finals.push(step.finals[env]!);
        });
        buffer.add({
          observations: Float32Array.from(step.observations),
          actions: agent.head.dtype === 'int32' ? Int32Array.from(step.actions) : Float32Array.from(step.actions),
          rewards: Float64Array.from(step.rewards),
          terminations: Uint8Array.from(step.terminations),
          truncations: Uint8Array.from(step.truncations),
        });
      });
      const [values, logProbs] = (['values', 'logProbs'] as const).map((name) =>
        Float32Array.from(one.steps.flatMap((step) => step[name])),
      ) as [Float32Array, Float32Array];
      const { gamma = 0.99, gae_lambda: lambda = one.kind === 'A2C' ? 1 : 0.95 } = one.options;
      const settings = { gamma: Number(gamma), lambda: Number(lambda) };
      const estimate = buffer.estimate({ values, last: one.last, finals }, settings);
      expectNumbers(estimate.advantages, { shape: [], data: one.advantages }, 1e-5);
      expectNumbers(estimate.returns, { shape: [], data: one.returns }, 1e-5);

      const logged = await agent['update']({ buffer, values, logProbs, ...estimate }, 1);
      for (const [name, value] of Object.entries(one.logged)) {
        expect(Math.abs(logged[name]! - value), `${name}: ${logged[name]} for ${value}`).toBeLessThan(
          2e-5 * Math.max(1, Math.abs(value)),
        );
      }
      for (const [name, value] of Object.entries(one.after)) {
        const own = agent.policy.stateDict()[renamed(name)]!;
        expectNumbers(Array.from(await data(own), Number), value, 2e-5);
      }
    });
  },
);

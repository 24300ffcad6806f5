import { readFileSync } from 'node:fs';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { hostLeaf } from '@gai/core/ops';
import { Box, SyncVectorEnv } from '@gai/rl';
import type { Env, Space } from '@gai/rl';
import { SAC, TD3 } from '@gai/rl/deep';
import type { SACOptions, TD3Options } from '@gai/rl/deep';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expectNumbers } from './torch.ts';
import type { Packed } from './torch.ts';

/** Updates on fixed minibatches and noise, and what Stable-Baselines3 made of them: `fixtures/make-continuous.py`. */
interface Case {
  readonly kind: 'SAC' | 'TD3';
  readonly options: Readonly<Record<string, number | string | boolean>>;
  /** Settings of the policy. */
  readonly policy?: Readonly<Record<string, number | boolean>>;
  readonly gradientSteps: number;
  readonly before: Readonly<Record<string, Packed>>;
  readonly after: Readonly<Record<string, Packed>>;
  readonly batches: readonly (Readonly<
    Record<'observations' | 'actions' | 'nextObservations' | 'rewards' | 'terminations', number[]>
  > & { readonly discounts: number[] | null })[];
  readonly noises: readonly number[][];
  readonly logged: readonly Readonly<Record<string, number>>[];
}

const cases = JSON.parse(readFileSync(new URL('./fixtures/continuous.json', import.meta.url), 'utf8')) as Case[];

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

/** What the loop of agents calls. */
interface Trainable {
  updates: number;
  train(gradientSteps: number, progressRemaining: number): Promise<Record<string, number>>;
}

/** An env of the right spaces that nobody steps. */
const still = (): Env => ({
  observationSpace: new Box({ low: -5, high: 5, shape: [3] }) as Space,
  actionSpace: new Box({ low: -2, high: 2, shape: [2] }) as Space,
  reset: () => ({ observation: new Float32Array(3), info: {} }),
  step: () => expect.fail('nobody steps it'),
});

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const camelCased = (options: object): object =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value as unknown]));

function agentOf({ kind, options, policy = {} }: Case): SAC | TD3 {
  const policyKwargs = { netArch: [8, 6], ...camelCased(policy) };
  const common = { ...camelCased(options), policyKwargs, bufferSize: 100, seed: 0 };
  const envs = new SyncVectorEnv([still]);
  if (kind === 'SAC') return new SAC('MlpPolicy', envs, common as SACOptions);
  return new TD3('MlpPolicy', envs, common as TD3Options);
}

/** Stable-Baselines3's name of a parameter in a checkpoint of ours. */
const renamed = (name: string, { options }: Case): string =>
  name === 'log_ent_coef'
    ? 'entropy.logValue'
    : // Bounded means have a layer of their own there.
      camelCase(options['use_sde'] === true ? name.replace('mu.0.', 'mu.') : name).replace(/qf(\d)/, 'qf.$1');

const floats = ({ shape, data: values }: Packed) => tensor(Float32Array.from(values), { shape });

/** Gives the agent the minibatches and the noise of the fixture, in order. */
function feed(agent: SAC | TD3, { batches, noises, kind, options }: Case): void {
  const gamma = Number(options['gamma'] ?? 0.99);
  const rest = [...noises];
  vi.spyOn(agent as unknown as { sample(update: number): unknown }, 'sample').mockImplementation((update) => {
    const batch = batches[update]!;
    const discounts = batch.terminations.map((done, row) => (1 - done) * (batch.discounts?.[row] ?? gamma));
    const { observations, actions, nextObservations, rewards } = batch;
    const all = { observations, actions, nextObservations, rewards, discounts };
    return Object.fromEntries(Object.entries(all).map(([name, values]) => [name, Float32Array.from(values)]));
  });
  vi.spyOn(agent as unknown as { normals(count: number): unknown }, 'normals').mockImplementation((count) =>
    hostLeaf(Float32Array.from(rest.shift()!), { dtype: 'float32', shape: [count, 2] }, false),
  );
  expect(noises.length).toBe(batches.length * (kind === 'SAC' && options['use_sde'] !== true ? 2 : 1));
}

describe.each(cases.map((one) => [`${one.kind} ${JSON.stringify(one.options)}`, one] as const))('%s', (_, one) => {
  it('updates and logs what Stable-Baselines3 does', async () => {
    const agent = agentOf(one);
    const { tensors, ...rest } = agent.checkpoint();
    const before = Object.entries(one.before).map(([name, value]) => [renamed(name, one), floats(value)] as const);
    for (const [name] of before) expect(tensors, name).toHaveProperty([name]);
    await agent.restore({ ...rest, tensors: { ...tensors, ...Object.fromEntries(before) } });
    feed(agent, one);
    const trainable = agent as unknown as Trainable;
    for (const [round, wanted] of one.logged.entries()) {
      trainable.updates = round * one.gradientSteps;
      const logged = await trainable.train(one.gradientSteps, 1);
      for (const [name, value] of Object.entries(wanted)) {
        if (name === 'train/n_updates') continue;
        expect(Math.abs(logged[name]! - value), `${name}: ${logged[name]} for ${value}`).toBeLessThan(
          2e-5 * Math.max(1, Math.abs(value)),
        );
      }
      expect(Object.keys(logged).toSorted()).toEqual(
        Object.keys(wanted)
          .filter((name) => name !== 'train/n_updates')
          .toSorted(),
      );
    }
    const after = agent.checkpoint().tensors;
    for (const [name, value] of Object.entries(one.after)) {
      expectNumbers(Array.from(await data(after[renamed(name, one)]!), Number), value, 2e-5);
    }
  });
});

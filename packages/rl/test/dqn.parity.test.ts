import { readFileSync } from 'node:fs';
import { data, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Box, Discrete } from '@gai/rl';
import type { Env, Space } from '@gai/rl';
import { DQN } from '@gai/rl/deep';
import type { DQNOptions, QFunction } from '@gai/rl/deep';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expectNumbers } from './torch.ts';
import type { Packed } from './torch.ts';

/** A replay buffer, rows of it, and what Stable-Baselines3 made of them: `fixtures/make-dqn.py`. */
interface Case {
  readonly kind: 'DQN' | 'QRDQN' | 'C51';
  readonly isDouble: boolean;
  readonly atoms: number;
  readonly options: Readonly<Record<string, number>>;
  readonly steps: readonly Readonly<
    Record<'observations' | 'nextObservations' | 'actions' | 'rewards' | 'terminations' | 'truncations', number[]>
  >[];
  readonly rows: readonly number[][];
  readonly rounds: readonly number[];
  readonly losses: readonly number[];
  readonly before: Readonly<Record<string, Packed>>;
  readonly beforeTarget: Readonly<Record<string, Packed>>;
  readonly after: Readonly<Record<string, Packed>>;
  readonly afterTarget: Readonly<Record<string, Packed>>;
}

const cases = JSON.parse(readFileSync(new URL('./fixtures/dqn.json', import.meta.url), 'utf8')) as Case[];

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

/** An env of the right spaces that nobody steps. */
const still: Env = {
  observationSpace: new Box({ low: -5, high: 5, shape: [3] }) as Space,
  actionSpace: new Discrete(3) as Space,
  reset: () => ({ observation: new Float32Array(3), info: {} }),
  step: () => expect.fail('nobody steps it'),
};

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function agentOf({ kind, isDouble, atoms, options }: Case): DQN {
  const own = Object.fromEntries(Object.entries(options).map(([name, value]) => [camelCase(name), value]));
  const distributional = kind === 'DQN' ? null : kind === 'C51' ? 'c51' : 'qr';
  return new DQN('MlpPolicy', still, {
    ...(own as DQNOptions),
    doubleQ: isDouble,
    distributional,
    ...(kind === 'C51' && { nAtoms: atoms, vMin: -3, vMax: 3 }),
    ...(kind === 'QRDQN' && { nQuantiles: atoms }),
    bufferSize: 20,
    batchSize: 8,
    policyKwargs: { netArch: [8, 6] },
    seed: 0,
  });
}

const tensors = (state: Case['before']): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(state).map(([name, { shape, data: values }]) => [
      name,
      tensor(Float32Array.from(values), { shape }),
    ]),
  );

async function expectState(network: QFunction, expected: Case['before']): Promise<void> {
  const state = network.stateDict();
  expect(Object.keys(state).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [name, value] of Object.entries(expected)) {
    expectNumbers(Array.from(await data(state[name]!), Number), value, 2e-5);
  }
}

describe.each(
  cases.map((one) => [`${one.kind}${one.isDouble ? ' double' : ''} ${JSON.stringify(one.options)}`, one] as const),
)('%s', (_, one) => {
  it('learns what Stable-Baselines3 does from the same rows', async () => {
    const agent = agentOf(one);
    const { replayBuffer, qNet, target } = agent;
    qNet.loadStateDict(tensors(one.before));
    target.loadStateDict(tensors(one.beforeTarget));
    for (const step of one.steps) {
      replayBuffer.add({
        observations: Float32Array.from(step.observations),
        nextObservations: Float32Array.from(step.nextObservations),
        actions: Int32Array.from(step.actions),
        rewards: step.rewards,
        terminations: Uint8Array.from(step.terminations),
        truncations: Uint8Array.from(step.truncations),
      });
    }
    let drawn = 0;
    vi.spyOn(replayBuffer, 'sample').mockImplementation(() => replayBuffer.take(Int32Array.from(one.rows[drawn++]!)));
    for (const [round, count] of one.rounds.entries()) {
      const logged = await agent['train'](count, 1);
      expect(Math.abs(logged['train/loss']! - one.losses[round]!)).toBeLessThan(2e-5);
      await agent['moveTarget']();
    }
    await expectState(qNet, one.after);
    await expectState(target, one.afterTarget);
  });
});

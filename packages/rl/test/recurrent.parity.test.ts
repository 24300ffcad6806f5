import { readFileSync } from 'node:fs';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { Box, Discrete, SyncVectorEnv } from '@gai/rl';
import type { Env, Space } from '@gai/rl';
import { RecurrentPPO } from '@gai/rl/deep';
import type { RecurrentPolicyKwargs, RecurrentPPOOptions } from '@gai/rl/deep';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNumbers } from './torch.ts';
import type { Packed } from './torch.ts';

/** Rollouts, and what sb3-contrib made of them: `fixtures/make-recurrent.py`. */
interface Case {
  readonly space: { readonly n?: number; readonly size?: number };
  readonly policy: Readonly<Record<string, unknown>>;
  readonly batchSize: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly splits: number[];
  readonly before: Readonly<Record<string, Packed>>;
  readonly rounds: readonly {
    readonly steps: readonly Readonly<
      Record<
        'observations' | 'actions' | 'values' | 'logProbs' | 'rewards' | 'terminations' | 'starts' | 'states',
        number[]
      >
    >[];
    readonly last: number[];
    readonly lastValues: number[];
    readonly after: Readonly<Record<string, Packed>>;
    readonly logged: Readonly<Record<string, number>>;
  }[];
}

const cases = JSON.parse(readFileSync(new URL('./fixtures/recurrent.json', import.meta.url), 'utf8')) as Case[];
const ENVS = 3;

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const camelCase = (object: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name.replace(/_([a-z])/g, (_, one: string) => one.toUpperCase()),
      value,
    ]),
  );

/** An env of the right spaces that nobody steps. */
const still = ({ n, size }: Case['space']): Env => ({
  observationSpace: new Box({ low: -5, high: 5, shape: [3] }) as Space,
  actionSpace: (n === undefined ? new Box({ low: -1, high: 1, shape: [size!] }) : new Discrete(n)) as Space,
  reset: () => ({ observation: new Float32Array(3), info: {} }),
  step: () => expect.fail('nobody steps it'),
});

/** sb3-contrib's name of a parameter in ours. */
const renamed = (name: string): string =>
  name
    .replace('mlp_extractor.policy_net', 'policyNet')
    .replace('mlp_extractor.value_net', 'valueNet')
    .replace(/^action_net/, 'actionNet')
    .replace(/^value_net/, 'valueHead')
    .replace(/^lstm_actor/, 'lstmActor')
    .replace(/^lstm_critic/, 'lstmCritic')
    .replace('log_std', 'logStd');

const floats = ({ shape, data: values }: Packed) => tensor(Float32Array.from(values), { shape });

describe.each(cases.map((one) => [JSON.stringify({ ...one.policy, ...one.options }), one] as const))('%s', (_, one) => {
  it('remembers, judges, updates and logs what sb3-contrib does', async () => {
    const envs = new SyncVectorEnv(Array.from({ length: ENVS }, () => () => still(one.space)));
    const policyKwargs = { netArch: [6, 5], ...camelCase(one.policy) } as RecurrentPolicyKwargs;
    const { batchSize, splits, rounds } = one;
    const sizes = { nSteps: rounds[0]!.steps.length, batchSize, nEpochs: splits.length, learningRate: 0.01 };
    const options = { ...camelCase(one.options), ...sizes, policyKwargs, seed: 0 } as RecurrentPPOOptions;
    const agent = new RecurrentPPO('MlpLstmPolicy', envs, options);
    agent.policy.loadStateDict(
      Object.fromEntries(Object.entries(one.before).map(([name, value]) => [renamed(name), floats(value)])),
    );
    const runner = agent['minibatches'].bind(agent);
    agent['minibatches'] = (rows, random) => {
      random.integer = () => left.shift()!;
      return runner(rows, random);
    };
    let left: number[] = [];
    const { stateSize } = agent.policy as unknown as { stateSize: number };
    for (const round of rounds) {
      left = [...splits];
      for (const step of round.steps) {
        // Only the actions' LSTM is remembered, where the value has none.
        const size = step.states.length / ENVS;
        const states = Float32Array.from(step.states.filter((_number, index) => index % size < stateSize));
        const actions = one.space.n === undefined ? Float32Array.from(step.actions) : Int32Array.from(step.actions);
        const starts = Float32Array.from(step.starts);
        const observations = Float32Array.from(step.observations);
        // What it is said to remember is what it remembers, from one step to the next.
        if (agent.buffer.position > 0)
          expectNumbers(Array.from(agent['recurrent'].values), { shape: [], data: [...states] }, 1e-5);
        agent['recurrent'].values = states;
        agent['recurrent'].starts.set(starts);
        await agent['act']({ observations, count: ENVS }, 0);
        agent.buffer.add({
          observations,
          actions,
          rewards: Float64Array.from(step.rewards),
          terminations: Uint8Array.from(step.terminations),
          truncations: new Uint8Array(ENVS),
          memory: {
            states,
            starts,
            values: Float32Array.from(step.values),
            logProbs: Float32Array.from(step.logProbs),
          },
        });
      }
      round.steps.at(-1)!.terminations.forEach((end, index) => {
        if (end === 1) agent['recurrent'].restart(index);
      });
      agent['observations'] = Float32Array.from(round.last);
      const judged = await agent['judge']();
      expectNumbers(Array.from(judged.next, Number), { shape: [], data: round.lastValues }, 1e-5);
      const logged = await agent['update'](agent['estimated'](judged), 1);
      for (const [name, value] of Object.entries(round.logged)) {
        expect(Math.abs(logged[name]! - value), `${name}: ${logged[name]} for ${value}`).toBeLessThan(
          2e-5 * Math.max(1, Math.abs(value)),
        );
      }
      for (const [name, value] of Object.entries(round.after)) {
        expectNumbers(Array.from(await data(agent.policy.stateDict()[renamed(name)]!), Number), value, 2e-5);
      }
      agent.buffer.clear();
    }
  });
});

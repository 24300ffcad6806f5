import { add, concat, data, setDefaultBackend, squeeze, tanh, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { BatchNorm1d, Dropout, Linear, Module, Sequential, Tanh } from '@gai/nn';
import { makeVec } from '@gai/rl';
import { A2C, DQN, PPO, REINFORCE, SAC, TD3 } from '@gai/rl/deep';
import type { Agent, SACPolicy, TD3Policy } from '@gai/rl/deep';
import { Categorical, SquashedGaussian } from '@gai/rl/distributions';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

/** Layers whose results depend on the mode: one goes by its batch, one throws outside of training without a key. */
class Moody extends Module {
  readonly body: Sequential;
  readonly norm: BatchNorm1d;

  constructor(inFeatures: number, outFeatures: number) {
    super();
    this.norm = new BatchNorm1d({ numFeatures: 8 });
    const [first, last] = [new Linear({ inFeatures, outFeatures: 8 }), new Linear({ inFeatures: 8, outFeatures })];
    this.body = new Sequential(first, this.norm, new Dropout({ p: 0.3 }), new Tanh(), last);
  }

  forward(x: Tensor): Tensor {
    return this.body.forward(x) as Tensor;
  }
}

class Policy extends Module {
  readonly pi = new Moody(4, 2);
  readonly vf = new Moody(4, 1);

  forward(observations: Tensor) {
    return {
      distribution: new Categorical(this.pi.forward(observations)),
      value: squeeze(this.vf.forward(observations), 1),
    };
  }
}

class Critic extends Module {
  readonly one = new Moody(4, 1);

  forward(observations: Tensor, actions: Tensor): Tensor[] {
    return [squeeze(this.one.forward(concat([observations, actions], { axis: 1 })), 1)];
  }
}

class Gaussian extends Module {
  readonly pi = new Moody(3, 1);

  forward(observations: Tensor): SquashedGaussian {
    const mean = this.pi.forward(observations);
    return new SquashedGaussian(mean, add(mean, -1));
  }
}

class Actor extends Module {
  readonly pi = new Moody(3, 1);

  forward(observations: Tensor): Tensor {
    return tanh(this.pi.forward(observations));
  }
}

class SacPolicy extends Module implements SACPolicy {
  readonly actor = new Gaussian();
  readonly critic = new Critic();
  readonly criticTarget = new Critic();

  forward(observations: Tensor): Tensor {
    return this.actor.forward(observations).mode();
  }
}

class Td3Policy extends Module implements TD3Policy {
  readonly actor = new Actor();
  readonly actorTarget = new Actor();
  readonly critic = new Critic();
  readonly criticTarget = new Critic();

  forward(observations: Tensor): Tensor {
    return this.actor.forward(observations);
  }
}

const OFF = { learningStarts: 8, batchSize: 8, bufferSize: 100, seed: 0 };
const cart = (numEnvs = 2) => makeVec('CartPole-v1', { numEnvs });
const pendulum = () => makeVec('Pendulum-v1', { numEnvs: 2 });

/** An agent, what it acts with, and how that is asked for an action. */
interface Case {
  readonly agent: Agent;
  readonly acts: Moody;
  readonly targets?: readonly Module[];
}

const cases: Readonly<Record<string, () => Case>> = {
  PPO: () => {
    const policy = new Policy();
    return { agent: new PPO(policy, cart(), { nSteps: 8, batchSize: 16, nEpochs: 2, seed: 0 }), acts: policy.pi };
  },
  A2C: () => {
    const policy = new Policy();
    return { agent: new A2C(policy, cart(), { seed: 0 }), acts: policy.pi };
  },
  REINFORCE: () => {
    const policy = new Policy();
    return { agent: new REINFORCE(policy, cart(1), { seed: 0 }), acts: policy.pi };
  },
  DQN: () => {
    const agent = new DQN(() => new Moody(4, 2), cart(), OFF);
    return { agent, acts: agent.qNet as Moody, targets: [agent.target] };
  },
  SAC: () => {
    const policy = new SacPolicy();
    return { agent: new SAC(policy, pendulum(), OFF), acts: policy.actor.pi, targets: [policy.criticTarget] };
  },
  TD3: () => {
    const policy = new Td3Policy();
    const targets = [policy.actorTarget, policy.criticTarget];
    return { agent: new TD3(policy, pendulum(), OFF), acts: policy.actor.pi, targets };
  },
};

describe.each(Object.entries(cases))('%s', (name, make) => {
  it('acts in evaluation and learns in training', async () => {
    const { agent, acts, targets = [] } = make();
    const size = agent.env.singleObservationSpace.flatSize;
    await agent.learn({ totalTimesteps: 40 });
    expect(acts.training).toBe(true);
    expect(targets.map(({ training }) => training)).toEqual(targets.map(() => false));
    const { runningMean, numBatchesTracked } = acts.norm;
    expect(Number((await data(numBatchesTracked!))[0])).toBeGreaterThan(0);
    expect([...((await data(runningMean!)) as Float32Array)].some((value) => value !== 0)).toBe(true);

    // Alone or beside others, twice the same: what the running statistics say.
    const rows = Float32Array.from({ length: 3 * size }, (_, index) => Math.sin(index));
    const batch = async () => Array.from(await agent.predictBatch(rows, 3, { deterministic: true }), Number);
    const once = await batch();
    expect(await batch()).toEqual(once);
    const alone = Array.from(await agent.predictBatch(rows.slice(0, size), 1, { deterministic: true }), Number);
    expect(Math.abs(alone[0]! - once[0]!)).toBeLessThan(1e-6);

    acts.eval();
    const outputs = await data(acts.forward(tensor(rows.slice(0, size), { shape: [1, size] })));
    if (name === 'TD3') expect(Math.abs(2 * Math.tanh(Number(outputs[0])) - alone[0]!)).toBeLessThan(1e-5);
    if (outputs.length === 2) expect(alone[0]).toBe(Number(outputs[1]! > outputs[0]!));
  });
});

it('what was frozen on purpose stays so', async () => {
  const policy = new Policy();
  policy.pi.norm.eval();
  await new PPO(policy, cart(), { nSteps: 8, batchSize: 16, nEpochs: 1, seed: 0 }).learn({ totalTimesteps: 16 });
  expect([policy.pi.norm.training, policy.vf.norm.training]).toEqual([false, true]);
  expect(Number((await data(policy.pi.norm.numBatchesTracked!))[0])).toBe(0);
});

import { data } from '@gai/core';
import { describe, expect, it } from 'vitest';
import { PrioritizedReplayBuffer } from '../src/deep/prioritized-replay-buffer.ts';
import { ReplayBuffer } from '../src/deep/replay-buffer.ts';
import { SumTree } from '../src/deep/sum-tree.ts';
import { Random } from '../src/tabular/random.ts';

const ENVS = 2;
const sizes = { numEnvs: ENVS, observation: 1, action: 1, actionDType: 'int32', gamma: 0.9 } as const;

interface Step {
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

/** Random episodes of each env; observation = time since the beginning, so that rows can be told. */
function filled(steps: number, bufferSize: number, nSteps: number) {
  const buffer = new ReplayBuffer('test', { ...sizes, bufferSize, nSteps });
  const random = new Random(3);
  const history: Step[][] = [[], []];
  for (let time = 0; time < steps; time++) {
    const rows = history.map((one) => {
      const step = { reward: random.normal(), terminated: random.uniform() < 0.15, truncated: random.uniform() < 0.15 };
      one.push(step);
      return step;
    });
    buffer.add({
      observations: Float32Array.from(rows, () => time),
      nextObservations: Float32Array.from(rows, () => time + 1),
      actions: Int32Array.from(rows, (_, env) => env),
      rewards: rows.map(({ reward }) => reward),
      terminations: Uint8Array.from(rows, ({ terminated }) => Number(terminated)),
      truncations: Uint8Array.from(rows, ({ truncated }) => Number(truncated)),
    });
  }
  return { buffer, history };
}

describe('ReplayBuffer', () => {
  it.each([
    [1, 30, 100],
    [3, 30, 100],
    [5, 57, 26],
    [40, 57, 26],
  ])('%i-step rows are those by the definition, after %i steps in %i places', (nSteps, steps, bufferSize) => {
    const { buffer, history } = filled(steps, bufferSize, nSteps);
    expect(buffer.rows).toBe(Math.min(steps * ENVS, bufferSize));
    const batch = buffer.take(Int32Array.from({ length: buffer.rows }, (_, row) => row));
    for (let row = 0; row < buffer.rows; row++) {
      const [time, env] = [batch.observations[row]!, batch.actions[row]!];
      let [reward, discount, at] = [0, 1, time];
      for (let step = 0; step < nSteps && at < steps; step++, at++) {
        const { reward: own, terminated, truncated } = history[env]![at]!;
        reward += discount * own;
        discount *= terminated ? 0 : 0.9;
        if (terminated || truncated) {
          at++;
          break;
        }
      }
      expect(batch.rewards[row]).toBeCloseTo(reward, 5);
      expect(batch.discounts[row]).toBeCloseTo(discount, 6);
      expect(batch.nextObservations[row]).toBe(at);
    }
  });

  it('draws every row equally often, the same ones for the same generator', () => {
    const { buffer } = filled(57, 26, 1);
    const { rows } = buffer.sample(26_000, new Random(1));
    expect(rows).toEqual(buffer.sample(26_000, new Random(1)).rows);
    const counts = new Float64Array(26);
    for (const row of rows) counts[row]!++;
    const statistic = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(statistic).toBeLessThan(52.6); // χ² of 25 degrees of freedom, p = 0.001
  });

  it('a row does not reach beyond the step after which the envs began anew', () => {
    const buffer = new ReplayBuffer('test', { ...sizes, numEnvs: 1, bufferSize: 9, nSteps: 3 });
    const none = Uint8Array.of(0);
    const add = (time: number): void =>
      buffer.add({
        observations: Float32Array.of(time),
        nextObservations: Float32Array.of(time + 1),
        actions: Int32Array.of(0),
        rewards: [1],
        terminations: none,
        truncations: none,
      });
    add(0);
    buffer.cut();
    add(10);
    add(11);
    const { nextObservations, discounts } = buffer.take(Int32Array.of(0, 1));
    expect([...nextObservations]).toEqual([1, 12]);
    expect(discounts[0]).toBeCloseTo(0.9, 6);
    expect(discounts[1]).toBeCloseTo(0.81, 6);
  });

  it('goes on from what it has saved, and refuses what does not fit', async () => {
    const { buffer } = filled(57, 26, 3);
    const tensors = buffer.tensors();
    const other = new ReplayBuffer('test', { ...sizes, bufferSize: 26, nSteps: 3 });
    const { position, steps } = buffer;
    (await other.saved('test', tensors, { position, steps }))();
    expect(other.sample(50, new Random(2))).toEqual(buffer.sample(50, new Random(2)));
    expect((await data(tensors['buffer.rewards']!)).length).toBe(26);
    await expect(other.saved('test', tensors, { position, steps: 14 })).rejects.toThrow('14 steps of each env');
    await expect(other.saved('test', {}, { position, steps })).rejects.toThrow('no buffer.observations');
    expect(() => new ReplayBuffer('test', { ...sizes, bufferSize: 1e12 })).toThrow('the replay buffer is too large');
  });
});

describe('SumTree', () => {
  it('finds what a search from the left finds, and adds up what is there', () => {
    const random = new Random(4);
    const weights = Array.from({ length: 37 }, (_, index) => (index % 5 === 0 ? 0 : random.uniform()));
    const tree = new SumTree(37);
    for (const [index] of weights.entries()) tree.set(index, 1);
    for (const [index, weight] of weights.entries()) tree.set(index, weight);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(tree.total).toBeCloseTo(total, 12);
    for (let count = 0; count < 500; count++) {
      const point = random.uniform() * total;
      let [rest, expected] = [point, 0];
      while (rest >= weights[expected]!) rest -= weights[expected++]!;
      expect(tree.find(point)).toBe(expected);
    }
    expect(weights[tree.find(tree.total)]).toBeGreaterThan(0);
  });
});

describe('PrioritizedReplayBuffer', () => {
  const alpha = 0.6;
  const eps = 0.01;

  it('draws rows by p^α / Σ p^α and weighs them by (N P)^−β', () => {
    const buffer = new PrioritizedReplayBuffer('test', { ...sizes, bufferSize: 20 }, { alpha, eps });
    const step = {
      observations: new Float32Array(ENVS),
      nextObservations: new Float32Array(ENVS),
      actions: new Int32Array(ENVS),
      rewards: [0, 0],
      terminations: new Uint8Array(ENVS),
      truncations: new Uint8Array(ENVS),
    };
    for (let time = 0; time < 13; time++) buffer.add(step);
    const errors = Float32Array.from({ length: 16 }, (_, row) => (row % 2 === 0 ? -1 : 1) * row * 0.3);
    buffer.prioritize(
      Int32Array.from(errors, (_, row) => row),
      errors,
    );
    // Rows 16 to 19 are as they came: the largest priority then was 1.
    const priorities = Array.from({ length: 20 }, (_, row) => (row < 16 ? Math.abs(errors[row]!) + eps : 1) ** alpha);
    const total = priorities.reduce((sum, priority) => sum + priority, 0);
    const counts = new Float64Array(20);
    for (let draw = 0; draw < 20_000; draw++) counts[buffer.draw(1, new Random(9, draw), 0.4).rows[0]!]!++;
    const statistic = priorities.reduce((sum, priority, row) => {
      const expected = (20_000 * priority) / total;
      return sum + (counts[row]! - expected) ** 2 / expected;
    }, 0);
    expect(statistic).toBeLessThan(43.8); // χ² of 19 degrees of freedom, p = 0.001
    expect(statistic).toBeGreaterThan(5.4); // p = 0.999
    const { rows, weights } = buffer.draw(64, new Random(1), 0.4);
    const raw = Array.from(rows, (row) => ((20 * priorities[row]!) / total) ** -0.4);
    const largest = Math.max(...raw);
    weights.forEach((weight, index) => expect(weight).toBeCloseTo(raw[index]! / largest, 5));
    buffer.add(step);
    expect(buffer.draw(20_000, new Random(2), 1).rows.filter((row) => row === 6).length).toBeGreaterThan(1000);
  });

  it('goes on from what it has saved', async () => {
    const make = () => new PrioritizedReplayBuffer('test', { ...sizes, bufferSize: 26 }, { alpha, eps });
    const [buffer, other] = [make(), make()];
    const { buffer: source } = filled(20, 26, 1);
    for (let time = 0; time < 9; time++) {
      const { observations, nextObservations, actions, rewards } = source.take(Int32Array.of(2 * time, 2 * time + 1));
      buffer.add({
        observations,
        nextObservations,
        actions,
        rewards,
        terminations: new Uint8Array(ENVS),
        truncations: new Uint8Array(ENVS),
      });
      buffer.prioritize(Int32Array.of(time), [time * 2]);
    }
    const { position, steps } = buffer;
    (await other.saved('test', buffer.tensors(), { position, steps }))();
    expect(other.draw(50, new Random(2), 0.5)).toEqual(buffer.draw(50, new Random(2), 0.5));
    const { 'buffer.priorities': _, ...without } = buffer.tensors();
    await expect(other.saved('test', without, { position, steps })).rejects.toThrow('no buffer.priorities');
  });
});

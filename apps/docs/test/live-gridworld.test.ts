import { policyIteration } from '@gai/rl/tabular';
import { describe, expect, it } from 'vitest';
import {
  arrowPlaces,
  backupOf,
  begin,
  CELL,
  makeWorld,
  METHODS,
  step,
  WORLDS,
} from '../.vitepress/components/gridworld-model.ts';
import type { Settings } from '../.vitepress/components/gridworld-model.ts';

const settings: Settings = {
  method: 'value iteration',
  world: 'rooms',
  gamma: 0.95,
  alpha: 0.5,
  epsilon: 0.1,
  slip: 0,
};

describe('the gridworld in the docs pages', () => {
  it.each(WORLDS)('sweeps of %s arrive at the best values', (world) => {
    for (const slip of [0, 0.3]) {
      const mdp = makeWorld({ world, slip });
      let now = begin(mdp);
      for (let i = 0; i < 1000; i++) now = step(mdp, now, { ...settings, world, slip });
      const { values } = policyIteration(mdp, { gamma: 0.95 });
      now.values.forEach((value, state) => expect(value).toBeCloseTo(values[state]!, 8));
    }
  });

  it.each(METHODS)('%s changes values and arrows and can be repeated', (method) => {
    const play = (steps: number) => {
      const mdp = makeWorld(settings);
      let now = begin(mdp);
      for (let i = 0; i < steps; i++) now = step(mdp, now, { ...settings, method });
      return now;
    };
    expect([...play(1).values, ...play(1).q].some((value) => value !== 0)).toBe(true);
    expect(play(20)).toEqual(play(20));
    expect(play(20).best.some((actions) => actions.length > 0)).toBe(true);
  });

  it('Q-learning finds the way along the cliff, and its episodes are shown', () => {
    const cliff = { ...settings, method: 'Q-learning', world: 'cliff', gamma: 1 } as const;
    const mdp = makeWorld(cliff);
    let now = begin(mdp);
    for (let i = 0; i < 500; i++) now = step(mdp, now, cliff);
    expect(now.values[36]).toBeCloseTo(-13, 6);
    expect(now.path[0]).toBe(36);
    expect(now.path.at(-1)).toBe(47);
    expect(now.returns).toHaveLength(200);
  });

  it('shows the backup of a cell: the best row is what the next sweep gives it, for a learner what it has learned', () => {
    for (const slip of [0, 0.3]) {
      const slippery = { ...settings, slip };
      const mdp = makeWorld(slippery);
      let now = begin(mdp);
      for (let i = 0; i < 12; i++) now = step(mdp, now, slippery);
      const next = step(mdp, now, slippery);
      for (let state = 0; state < mdp.numStates; state++) {
        const rows = backupOf(mdp, now, state, slippery);
        if (rows.length === 0) continue;
        expect(Math.max(...rows.map(({ value }) => value))).toBeCloseTo(next.values[state]!, 10);
        for (const { outcomes } of rows) {
          expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 10);
        }
      }
    }
    const learner = { ...settings, method: 'SARSA' } as const;
    const mdp = makeWorld(learner);
    const now = step(mdp, begin(mdp), learner);
    backupOf(mdp, now, 0, learner).forEach(({ action, value }) => expect(value).toBe(now.q[action]));
  });

  it('four tied arrows stay within their cell and apart; the lane of the path is beside the numbers', () => {
    const places = arrowPlaces(4);
    expect(places[0]! - 5).toBeGreaterThan(CELL.lane.x + 3);
    expect(places[3]! + 5).toBeLessThanOrEqual(CELL.size);
    places.slice(1).forEach((place, i) => expect(place - places[i]!).toBeGreaterThanOrEqual(10));
    expect(CELL.value.right - 6 * 7.8).toBeGreaterThan(CELL.lane.x + 1.5); // '-100.0' in letters of 14 pixels
    expect(CELL.value.baseline).toBeLessThan(CELL.lane.y - 4);
  });
});

import { GaiError } from '@gai/core/errors';
import { describe, expect, it } from 'vitest';
import {
  blackjack,
  buildMDP,
  frozenLake,
  gridWorld,
  jacksCarRental,
  MDP,
  mdpEnv,
  mdpFromJSON,
  mdpToJSON,
  policyEvaluation,
  Random,
  skiResort,
  softmaxPolicy,
  stochasticPolicy,
  switchingEnv,
  valueIteration,
} from '@gai/rl/tabular';

const row = (outcomes: unknown): string => JSON.stringify({ P: { a: { go: outcomes } } });

describe('mdpFromJSON', () => {
  it('reads back what mdpToJSON writes, number for number', () => {
    for (const mdp of [skiResort(), frozenLake(), blackjack(), jacksCarRental({ capacity: 3, maxMove: 2 })]) {
      const copy = mdpFromJSON(JSON.stringify(mdpToJSON(mdp)));
      for (const key of [
        'probabilities',
        'rewards',
        'nextStates',
        'terminated',
        'pairActions',
        'stateOffsets',
      ] as const) {
        expect(Array.from(copy[key])).toEqual(Array.from(mdp[key]));
      }
      expect(Array.from(copy.initial)).toEqual(Array.from(mdp.initial));
      expect([copy.discount, copy.name, copy.layout]).toEqual([mdp.discount, mdp.name, mdp.layout]);
    }
  });
  it("reads Gymnasium's P and objects", () => {
    const listed = mdpFromJSON({ gamma: 0.5, P: [[[[1, 1, 3, true]], [[1, 0, 1, false]]], []] });
    expect(valueIteration(listed).values[0]).toBeCloseTo(3, 9);
    const rows = { states: ['x', 'y'], actions: 1, discount: 0.5, initial: { y: 1 } };
    const transitions = [
      { state: 'x', action: 0, probability: 1, nextState: 'y', reward: 1 },
      { state: 'y', action: 0, p: 1, next: 'x', reward: 0, terminated: true },
    ];
    expect(valueIteration(mdpFromJSON({ ...rows, transitions })).values[0]).toBe(1);
  });
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['not JSON', '{', /the text cannot be read/],
    ['a number', '3', /the MDP cannot be read/],
    ['null', 'null', /expected an object/],
    ['a list', '[]', /expected an object/],
    ['nothing in it', '{}', /states cannot be read/],
    ['no transitions', { states: 2, actions: 1 }, /transitions cannot be read/],
    ['no states', { states: 0, actions: 1, transitions: [] }, /at least one state/],
    ['negative states', { states: -1, actions: 1, transitions: [] }, /at least one state/],
    ['half a state', { states: 1.5, actions: 1, transitions: [] }, /how many states/],
    ['endless states', { states: 1e12, actions: 1, transitions: [] }, /too many states/],
    ['endless actions', { states: 1, actions: 1e9, transitions: [] }, /too many actions/],
    ['names twice', { states: ['a', 'a'], actions: 1, transitions: [] }, /a name no other state has/],
    ['a nameless state', { states: [1], actions: 1, transitions: [] }, /a name of at most/],
    ['an endless name', { states: ['x'.repeat(1e4)], actions: 1, transitions: [] }, /a name of at most/],
    ['a short row', { states: 1, actions: 1, transitions: [[0, 0, 1]] }, /transitions\[0\]/],
    ['a row that is text', { states: 1, actions: 1, transitions: ['x'] }, /transitions\[0\]/],
    ['state out of range', { states: 1, actions: 1, transitions: [[1, 0, 1, 0, 0]] }, /a state from 0 to 0/],
    [
      'action out of range',
      { states: 1, actions: 1, transitions: [[0, 1, 1, 0, 0]] },
      /an action|a action from 0 to 0/,
    ],
    ['probability as text', { states: 1, actions: 1, transitions: [[0, 0, '1', 0, 0]] }, /a finite number/],
    ['probability above 1', row([[2, 'a', 0]]), /out of range/],
    [
      'negative probability',
      row([
        [-0.5, 'a', 0],
        [1.5, 'a', 0],
      ]),
      /out of range/,
    ],
    ['sum below 1', row([[0.5, 'a', 0]]), /sum to 1 at state a, action go. Got sum 0.5/],
    ['unknown next state', row([[1, 'b', 0]]), /or one of a/],
    ['reward null', row([[1, 'a', null]]), /reward cannot be read/],
    ['flag text', row([[1, 'a', 0, 'yes']]), /true, false, 1 or 0/],
    ['long outcome', row([[1, 'a', 0, true, 1]]), /\[p, nextState, reward\]/],
    ['outcomes not a list', row('x'), /a list of/],
    ['P as text', { P: 'x' }, /an object or a list/],
    ['gamma text', { gamma: '0.9', P: { a: { go: [[1, 'a', 0]] } } }, /discount cannot be read/],
    ['gamma above 1', { gamma: 1.1, P: { a: { go: [[1, 'a', 0]] } } }, /discount is out of range/],
    ['initial too short', { P: { a: { go: [[1, 'a', 0]] } }, initial: [0.5, 0.5] }, /1 probabilities/],
    ['initial not summing', { P: { a: { go: [[1, 'a', 0]] } }, initial: [0.5] }, /initial is not/],
    ['bad layout', { P: { a: { go: [[1, 'a', 0]] } }, layout: { rows: 2, columns: 2, cells: '.' } }, /layout/],
    ['__proto__ as a state', '{"P":{"__proto__":{"go":[[1,"a",0]]}}}', /next state cannot be read/],
  ];
  it.each(bad)('refuses %s', (_, source, message) => {
    const read = (): MDP => mdpFromJSON(source);
    expect(read).toThrow(GaiError);
    expect(read).toThrow(message);
  });
  it('refuses what would exhaust the stack or the clock', () => {
    const nested = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect(() => mdpFromJSON(`{"P":${nested}}`)).toThrow(GaiError);
    expect(() => mdpFromJSON(`{"gamma":${nested},"P":{"a":{"go":[[1,"a",0]]}}}`)).toThrow(/an array of 1/);
    expect(() => mdpFromJSON({ states: 1_000_000, actions: 9999, transitions: [] })).toThrow(
      /too many pairs of state and action/,
    );
  });
  it('respects the limits', () => {
    const list = Array.from({ length: 5 }, () => [0, 0, 0.2, 0, 0]);
    expect(() => mdpFromJSON({ states: 1, actions: 1, transitions: list }, { maxTransitions: 4 })).toThrow(
      /too many outcomes/,
    );
  });
});

describe('errors', () => {
  it('follow the house template', () => {
    expect(() => valueIteration(skiResort(), { gamma: 1.5 })).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: valueIteration: gamma is out of range. Got gamma 1.5; expected a number from 0 to 1. Pass another gamma.]`,
    );
    expect(() => policyEvaluation(skiResort(), [0, 0])).toThrow(/Got 2 states; expected 5 states, 2 actions/);
    expect(() => policyEvaluation(skiResort(), [0, 0, 0, 0, 7])).toThrow(/state Area4 does not offer the action/);
    expect(() => stochasticPolicy([[0.5, 0.6]])).toThrow(/sum/);
    expect(() => softmaxPolicy([0], { numStates: 1, numActions: 1 }, 0)).toThrow(/temperature/);
    expect(() => frozenLake({ map: ['SF', 'F'] })).toThrow(/equally long/);
    expect(() => frozenLake({ map: ['FF'] })).toThrow(/at least one S/);
    expect(() => gridWorld({ map: [] })).toThrow(/rectangle/);
    expect(() => buildMDP({ numStates: 0, numActions: 1, outcomes: () => [] })).toThrow(/numStates/);
    expect(() => new Random(-1)).toThrow(/seed/);
  });
});

describe('mdpEnv', () => {
  it('draws outcomes with their probabilities', () => {
    const env = mdpEnv(skiResort(), { seed: 5 });
    const counts = [0, 0, 0, 0, 0];
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      env.reset({ options: { state: 4 } });
      counts[env.step(1).observation]!++;
    }
    [0.1, 0, 0.3, 0.6, 0].forEach((p, s) => expect(Math.abs(counts[s]! / draws - p)).toBeLessThan(0.015));
  });
  it('repeats with its seed, ends and truncates', () => {
    const env = mdpEnv(frozenLake(), { maxEpisodeSteps: 3 });
    const play = (): string => {
      const seen = [env.reset({ seed: 9 }).observation];
      for (;;) {
        const { observation, terminated, truncated } = env.step(1);
        seen.push(observation);
        if (terminated || truncated) return `${seen.join(' ')} ${truncated}`;
      }
    };
    expect(play()).toBe(play());
    const dry = mdpEnv(frozenLake({ slippery: false }));
    dry.reset({ options: { state: 14 } });
    expect({ ...dry.step(2) }).toMatchObject({ observation: 15, reward: 1, terminated: true, truncated: false });
  });
  it('refuses what cannot be done', () => {
    const env = mdpEnv(frozenLake());
    expect(() => env.step(0)).toThrow(/a step before reset/);
    env.reset();
    for (const action of [4, -1, 0.5, Number.NaN]) expect(() => env.step(action)).toThrow(/expected one of 0, 1, 2, 3/);
    expect(() => env.reset({ options: { state: 16 } })).toThrow(/from 0 to 15/);
  });
});

describe('Random', () => {
  it('has the right moments', () => {
    const random = new Random(3);
    const n = 200_000;
    const mean = (draw: () => number): number => Array.from({ length: n }, draw).reduce((a, b) => a + b, 0) / n;
    expect(mean(() => random.uniform())).toBeCloseTo(0.5, 2);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => random.integer(7))).toBeCloseTo(3, 1);
    expect(mean(() => random.beta(2, 6))).toBeCloseTo(0.25, 2);
    expect(mean(() => random.choice([0.2, 0.3, 0.5]))).toBeCloseTo(1.3, 1);
  });
});

describe('mdpEnv', () => {
  it('draws outcomes and samples of its spaces from streams that share no number', () => {
    const env = mdpEnv(frozenLake());
    const agree = [0, 1, 2, 3, 4].map((seed) => {
      env.actionSpace.seed(seed);
      const random = new Random(seed);
      let same = 0;
      for (let i = 0; i < 2000; i++) same += env.actionSpace.sample() === random.integer(4) ? 1 : 0;
      return same / 2000;
    });
    for (const share of agree) expect(Math.abs(share - 0.25)).toBeLessThan(0.05);
    env.observationSpace.seed(1);
    env.actionSpace.seed(1);
    const pairs = Array.from({ length: 50 }, () => [env.observationSpace.sample() % 4, env.actionSpace.sample()]);
    expect(pairs.every(([a, b]) => a === b)).toBe(false);
  });

  it('switchingEnv: a seed makes the whole life repeatable, also after the change', () => {
    const env = switchingEnv([frozenLake(), frozenLake()], 20);
    const life = (seed: number): number[] => {
      env.reset({ seed });
      return Array.from({ length: 60 }, (_, step) => {
        const { observation, terminated } = env.step(step % 4);
        if (terminated) env.reset();
        return observation;
      });
    };
    const first = life(4);
    expect(life(4)).toEqual(first);
    expect(life(5).slice(30)).not.toEqual(first.slice(30));
  });
});

describe('mdpFromJSON refuses what it would pass over', () => {
  const P = [[[[1, 0, 1, true]]]];
  const transitions = [[0, 0, 1, 0, 1, 1]];
  it.each([
    ['gama', { gama: 0.9, P }, `the MDP has no such key. Got "gama"; expected one of`, 'Did you mean gamma?'],
    ['inital', { P, inital: 0 }, '"inital"', 'Did you mean initial?'],
    ['an unknown word', { P, colour: 'red' }, '"colour"', 'Remove it.'],
    ['p', { gamma: 1, p: P }, '"p"', 'Did you mean P?'],
    ['a list’s key in a table', { P, numStates: 1 }, '"numStates"', '.'],
    ['two discounts', { P, gamma: 0.9, discount: 0.8 }, 'says the same twice. Got discount and gamma', '.'],
    ['two tables', { states: 1, actions: 1, P, transitions }, 'Got P and transitions', '.'],
    [
      'a key of the layout',
      { P, layout: { rows: 1, columns: 1, cells: 'S', colums: 1 } },
      'layout has no such key. Got "colums"',
      'columns',
    ],
    [
      'a key of an outcome',
      { states: 1, actions: 1, transitions: [{ state: 0, action: 0, p: 1, next: 0, reward: 1, terminate: true }] },
      'transitions[0] has no such key. Got "terminate"',
      'Did you mean terminated?',
    ],
    [
      'two probabilities',
      { states: 1, actions: 1, transitions: [{ state: 0, action: 0, p: 1, probability: 1, next: 0, reward: 1 }] },
      'transitions[0] says the same twice. Got probability and p',
      '.',
    ],
    ['another format', { format: 'mdp', P }, 'format cannot be read', '.'],
    [
      'another version',
      { format: 'gai-mdp', version: 2, states: 1, actions: 1, transitions },
      'version cannot be read',
      '.',
    ],
  ] as const)('%s', (_name, file, problem, fix) => {
    expect(() => mdpFromJSON(file)).toThrow(problem);
    expect(() => mdpFromJSON(file)).toThrow(fix);
  });
});

import { readFileSync } from 'node:fs';
import { Box, Discrete } from '@gai/rl';
import type { Space } from '@gai/rl';
import {
  aecToParallel,
  checkAec,
  checkParallel,
  ConnectFour,
  parallelToAec,
  TicTacToe,
  turnBasedAecToParallel,
} from '@gai/rl/multi-agent';
import type { AECEnv, BoardGameEnv, LastResult, ParallelEnv, PerAgent } from '@gai/rl/multi-agent';
import { describe, expect, it } from 'vitest';

interface Seen {
  readonly action: number | null;
  readonly agents: readonly string[];
  readonly selection: string | null;
  readonly rewards: PerAgent<number>;
  readonly terminations: PerAgent<boolean>;
  readonly truncations: PerAgent<boolean>;
  readonly last: readonly (number | boolean | null)[];
}

interface Together {
  readonly actions: PerAgent<number>;
  readonly agents: readonly string[];
  readonly rewards: PerAgent<number>;
  readonly terminations: PerAgent<boolean>;
  readonly truncations: PerAgent<boolean>;
}

interface Fixture {
  readonly games: Record<
    'ticTacToe' | 'connectFour',
    { seed: number; steps: (Seen & { planes: string[]; masks: string[] })[] }[]
  >;
  readonly countdownAec: (Seen & { observation?: number[] })[][];
  readonly countdownParallel: (Together & { observations: PerAgent<number[]> })[][];
  readonly turnsParallel: (Together & { masks: PerAgent<string>; active: (string | null)[] })[][];
}

/** What PettingZoo recorded (fixtures/make-pettingzoo.py). */
const fixture = JSON.parse(readFileSync(new URL('./fixtures/pettingzoo.json', import.meta.url), 'utf8')) as Fixture;

type Books = Pick<AECEnv, 'agents' | 'agentSelection' | 'rewards' | 'terminations' | 'truncations'> & {
  last(observe: boolean): LastResult<unknown>;
};

/** What an AEC env shows, as the fixture has it. */
function seen(env: Books): Omit<Seen, 'action'> {
  const isOver = env.agents.length === 0;
  const last = isOver ? undefined : env.last(false);
  return {
    agents: [...env.agents],
    selection: isOver ? null : env.agentSelection,
    rewards: { ...env.rewards },
    terminations: { ...env.terminations },
    truncations: { ...env.truncations },
    last: [last?.reward ?? null, last?.termination ?? null, last?.truncation ?? null],
  };
}

/** `fixtures/make-pettingzoo.py` has the same env. */
class Countdown implements ParallelEnv<Float32Array, number> {
  readonly possibleAgents = ['agent_0', 'agent_1', 'agent_2'];
  agents: string[] = [];
  readonly #observation: Space<Float32Array> = new Box({ low: -10, high: 10, shape: [2] });
  readonly #action = new Discrete(3);
  #counters: Record<string, number> = {};
  #time = 0;

  observationSpace(): Space<Float32Array> {
    return this.#observation;
  }

  actionSpace(): Discrete {
    return this.#action;
  }

  #each<Value>(make: (agent: string, index: number) => Value): Record<string, Value> {
    return Object.fromEntries(this.agents.map((agent, index) => [agent, make(agent, index)]));
  }

  #seen() {
    return this.#each((agent) => Float32Array.of(this.#counters[agent]!, this.#time));
  }

  reset() {
    this.agents = [...this.possibleAgents];
    this.#counters = this.#each((_, index) => 3 + 2 * index);
    this.#time = 0;
    return { observations: this.#seen(), infos: this.#each(() => ({})) };
  }

  step(actions: PerAgent<number>) {
    this.#time++;
    for (const agent of this.agents) this.#counters[agent]! -= actions[agent]!;
    const result = {
      observations: this.#seen(),
      rewards: this.#each((agent) => actions[agent]! - this.#counters[agent]! / 10),
      terminations: this.#each((agent) => this.#counters[agent]! <= 0),
      truncations: this.#each(() => this.#time >= 6),
      infos: this.#each(() => ({})),
    };
    this.agents = this.agents.filter((agent) => !result.terminations[agent] && !result.truncations[agent]);
    return result;
  }
}

const GAMES: readonly (readonly ['ticTacToe' | 'connectFour', () => BoardGameEnv])[] = [
  ['ticTacToe', () => new TicTacToe()],
  ['connectFour', () => new ConnectFour()],
];

describe.each(GAMES)('%s', (name, make) => {
  it('plays as PettingZoo does, moves that are not allowed included', () => {
    const env = make();
    for (const { seed, steps } of fixture.games[name]) {
      steps.forEach(({ action, planes, masks, ...expected }, index) => {
        if (index === 0) env.reset({ seed });
        else env.step(action);
        const where = `game ${seed}, step ${index}`;
        expect(seen(env), where).toEqual(expected);
        const views = env.possibleAgents.map((agent) => env.observe(agent));
        expect(
          views.map(({ observation }) => observation.join('')),
          where,
        ).toEqual(planes);
        expect(
          views.map(({ actionMask }) => actionMask.join('')),
          where,
        ).toEqual(masks);
      });
      expect(env.agents).toEqual([]);
    }
  });

  it('keeps the contract', () => {
    checkAec(make(), { steps: 300 });
    checkParallel(turnBasedAecToParallel(make()));
  });

  it('takes moves back', () => {
    const { board } = make();
    const before: string[] = [];
    for (let moves = 0; board.outcome === undefined; moves++) {
      before.push(board.toString());
      board.play(board.legalActions().at((moves * 7) % board.legalActions().length)!);
    }
    for (const text of before.toReversed()) {
      board.undo();
      expect(board.toString()).toBe(text);
      expect(board.outcome).toBeUndefined();
    }
    expect(() => board.undo()).toThrow('no move to take back');
  });
});

describe('parallelToAec', () => {
  it('keeps the books that PettingZoo keeps', () => {
    const env = parallelToAec(new Countdown());
    for (const steps of fixture.countdownAec) {
      env.reset();
      steps.forEach(({ action, observation, ...expected }, index) => {
        if (index > 0) {
          expect([...env.last().observation!]).toEqual(observation);
          env.step(action);
        }
        const own = seen(env);
        expect(roundAll(own.rewards)).toEqual(roundAll(expected.rewards));
        expect({ ...own, rewards: {}, last: own.last.map(rounded) }).toEqual({
          ...expected,
          rewards: {},
          last: expected.last.map(rounded),
        });
      });
    }
    checkAec(parallelToAec(new Countdown()));
  });

  it('and aecToParallel undo each other', () => {
    const env = new Countdown();
    expect(aecToParallel(parallelToAec(env))).toBe(env);
    expect(turnBasedAecToParallel(parallelToAec(env))).toBe(env);
    expect(() => aecToParallel(new TicTacToe())).toThrow('turnBasedAecToParallel for a game with turns');
  });
});

const rounded = <Value>(value: Value): Value | number =>
  typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : value;
const roundAll = (values: PerAgent<number>) =>
  Object.fromEntries(Object.entries(values).map(([agent, value]) => [agent, rounded(value)]));

/** The AEC env without its class, so that `aecToParallel` has something to do. */
const plain = (env: AECEnv<Float32Array, number>): AECEnv<Float32Array, number> =>
  new Proxy(env, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
    getPrototypeOf: () => Object.prototype,
  });

describe('aecToParallel', () => {
  it('gives what PettingZoo gives', () => {
    const inside = plain(parallelToAec(new Countdown()));
    const env = aecToParallel(inside);
    for (const steps of fixture.countdownParallel) {
      env.reset();
      for (const { actions, agents, observations, rewards, terminations, truncations } of steps) {
        const result = env.step(actions);
        expect(env.agents).toEqual(agents);
        expect(Object.entries(result.observations).map(([agent, value]) => [agent, [...value]])).toEqual(
          Object.entries(observations),
        );
        expect(roundAll(result.rewards)).toEqual(roundAll(rewards));
        expect([result.terminations, result.truncations]).toEqual([terminations, truncations]);
      }
    }
    checkParallel(env);
    expect(parallelToAec(env)).toBe(inside);
  });

  it('with turns too', () => {
    const env = turnBasedAecToParallel(new TicTacToe());
    for (const steps of fixture.turnsParallel) {
      env.reset();
      for (const { actions, agents, masks, rewards, terminations, truncations, active } of steps) {
        const result = env.step(actions);
        expect(env.agents).toEqual(agents);
        expect(Object.entries(result.observations).map(([agent, value]) => [agent, value.actionMask.join('')])).toEqual(
          Object.entries(masks),
        );
        expect([result.rewards, result.terminations, result.truncations]).toEqual([rewards, terminations, truncations]);
        expect(env.agents.map((agent) => result.infos[agent]!['activeAgent'])).toEqual(active);
      }
    }
    expect(() => env.step({})).toThrow('nobody takes part');
    env.reset();
    expect(() => env.step({ player_2: 0 })).toThrow('Add that of player_1');
  });
});

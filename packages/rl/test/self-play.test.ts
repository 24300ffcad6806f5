import { nodeBackend } from '@gai/backend-node';
import { mean, reshape, setDefaultBackend } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Dropout, Linear, Module } from '@gai/nn';
import { Categorical } from '@gai/rl/distributions';
import { Discrete, Generator } from '@gai/rl';
import { ActorCriticPolicy, copyWeights, policyPlayer, PPO } from '@gai/rl/deep';
import {
  checkAec,
  ConnectFour,
  everyReply,
  LineBoard,
  minimax,
  minimaxPlayer,
  OpponentPool,
  playMatch,
  randomPlayer,
  SelfPlayVectorEnv,
  TicTacToe,
  TurnBasedEnv,
} from '@gai/rl/multi-agent';
import type { BoardGame, GamePlayer } from '@gai/rl/multi-agent';
import { beforeAll, describe, expect, it } from 'vitest';
import { wilsonInterval } from '../src/multi-agent/wilson-interval.ts';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend({ threads: 1 }));
});

const ticTacToe = (): BoardGame => new TicTacToe().board;

/** The value of a position without pruning. */
function plainMinimax(game: BoardGame): number {
  if (game.outcome === 'draw') return 0;
  if (game.outcome !== undefined) return game.moves.length - 1_000_000;
  let best = -Infinity;
  for (const action of game.legalActions()) {
    game.play(action);
    best = Math.max(best, -plainMinimax(game));
    game.undo();
  }
  return best;
}

describe('minimax', () => {
  it('finds the value and every best move that a search without pruning finds', () => {
    const random = new Generator(3);
    for (let play = 0; play < 40; play++) {
      const game = ticTacToe();
      for (let move = 0; move < 2 + (play % 6) && game.outcome === undefined; move++) {
        game.play(random.choice(game.legalActions()));
      }
      if (game.outcome !== undefined) continue;
      const values = game.legalActions().map((action) => {
        game.play(action);
        const value = -plainMinimax(game);
        game.undo();
        return value;
      });
      const best = Math.max(...values) + 0; // never −0
      const expected = game.legalActions().filter((_, index) => values[index] === best);
      const { actions, value } = minimax(game, { depth: 9 });
      expect([value, actions]).toEqual([best, expected]);
    }
  });

  it('knows that Tic-tac-toe is a draw, and blocks and wins in Connect Four', () => {
    const { value, actions, nodes } = minimax(ticTacToe(), { depth: 9 });
    expect([value, actions.length]).toEqual([0, 9]);
    expect(nodes).toBeLessThan(60_000);
    const game = new ConnectFour().board;
    for (const column of [3, 0, 3, 0, 3]) game.play(column);
    expect(minimax(game, { depth: 2 }).actions).toEqual([3]); // block
    game.play(6);
    expect(minimax(game, { depth: 1 })).toMatchObject({ actions: [3], value: 1_000_000 - 7 });
  });

  it('refuses a game that is over and a depth that is none', () => {
    const game = ticTacToe();
    expect(() => minimax(game, { depth: 0 })).toThrow('depth is not usable');
    for (const cell of [0, 3, 1, 4, 2]) game.play(cell);
    expect(() => minimax(game, { depth: 2 })).toThrow('the game is over. Got 0');
  });
});

describe('everyReply', () => {
  it('counts all plays there are', async () => {
    // Both sides free: 255,168 plays of Tic-tac-toe in all. One that always takes the first free cell loses some.
    const first: GamePlayer = {
      name: 'first',
      choose: (games) => games.map((game) => Math.min(...game.legalActions())),
    };
    for (const seat of [0, 1] as const) {
      const { wins, draws, losses, lost } = await everyReply(first, { game: ticTacToe(), seat });
      expect(losses).toBeGreaterThan(0);
      expect(lost.length).toBe(losses);
      for (const moves of lost) {
        const game = ticTacToe();
        for (const move of moves) game.play(move);
        expect(game.outcome).toBe(1 - seat);
        moves.forEach((move, turn) => {
          if (turn % 2 === seat)
            expect(move).toBe([0, 1, 2, 3, 4, 5, 6, 7, 8].find((cell) => !moves.slice(0, turn).includes(cell)));
        });
      }
      expect(wins + draws + losses).toBe(seat === 0 ? countReplies(first, 0) : countReplies(first, 1));
    }
  });

  it('finds no way to beat a perfect player', async () => {
    for (const seat of [0, 1] as const) {
      expect((await everyReply(minimaxPlayer({ depth: 9 }), { game: ticTacToe(), seat })).losses).toBe(0);
    }
    await expect(everyReply(randomPlayer(), { game: new ConnectFour().board, seat: 0, maxPlays: 500 })).rejects.toThrow(
      'more than 500 plays',
    );
  });
});

/** Plays against a player that always takes the first free cell, counted by recursion. */
function countReplies(player: GamePlayer, seat: 0 | 1): number {
  const count = (game: BoardGame): number => {
    if (game.outcome !== undefined) return 1;
    const moves =
      game.player === seat ? [(player.choose([game], new Generator(0)) as number[])[0]!] : game.legalActions();
    return moves.reduce((sum, move) => {
      game.play(move);
      const plays = count(game);
      game.undo();
      return sum + plays;
    }, 0);
  };
  return count(ticTacToe());
}

describe('playMatch', () => {
  it('is repeatable, changes sides, and its interval is Wilson’s', async () => {
    const options = { game: new ConnectFour().board, games: 30, seed: 4 };
    const result = await playMatch(minimaxPlayer({ depth: 2 }), randomPlayer(), options);
    expect(result).toEqual(await playMatch(minimaxPlayer({ depth: 2 }), randomPlayer(), options));
    expect(result.winRate).toBeGreaterThan(0.8);
    expect(options.game.moves).toEqual([]);
    // statsmodels' proportion_confint(8, 10, method='wilson').
    const [low, high] = wilsonInterval(8, 10);
    expect([low.toFixed(6), high.toFixed(6)]).toEqual(['0.490162', '0.943318']);
  });

  it('refuses moves that are not allowed', async () => {
    const cheat: GamePlayer = { name: 'cheat', choose: (games) => games.map(() => 4) };
    await expect(playMatch(cheat, cheat, { game: ticTacToe(), games: 1 })).rejects.toThrow(
      'cheat makes a move that is not allowed. Got 4; expected one of',
    );
    const lazy: GamePlayer = { name: 'lazy', choose: () => [] };
    await expect(playMatch(lazy, lazy, { game: ticTacToe(), games: 1 })).rejects.toThrow('lazy');
  });
});

describe('SelfPlayVectorEnv', () => {
  const envs = (seat?: 0 | 1) =>
    new SelfPlayVectorEnv(ticTacToe(), { opponents: minimaxPlayer({ depth: 9 }), numEnvs: 6, seat });

  it('plays whole games against its opponents, both sides', async () => {
    for (const seat of [0, 1] as const) {
      const games = envs(seat);
      let { observations, infos } = await games.reset({ seed: 2 });
      const results: unknown[] = [];
      for (let step = 0; step < 30; step++) {
        const planes = [0, 1].map((plane) => observations.filter((_, index) => index % 2 === plane));
        for (let game = 0; game < 6; game++) {
          const [own, others] = planes.map((plane) => plane.subarray(game * 9, game * 9 + 9).filter(Boolean).length);
          expect(others! - own!).toBe(seat);
        }
        const actions = infos.map(({ actionMask }) => (actionMask as Int8Array).indexOf(1));
        const result = await games.step(actions);
        result.infos.forEach(({ finalInfo, finalObservation }, game) => {
          expect(result.terminations[game] === 1).toBe(finalInfo !== undefined);
          if (finalInfo === undefined) return;
          results.push(finalInfo);
          expect(finalObservation).toHaveLength(18);
          const reward = { win: 1, draw: 0, loss: -1 }[(finalInfo as { result: 'win' | 'draw' | 'loss' }).result];
          expect(result.rewards[game]).toBe(reward);
        });
        ({ observations, infos } = result);
      }
      expect(results).toContainEqual({ result: 'loss', opponent: 'minimax 9', seat });
      expect(results).not.toContainEqual(expect.objectContaining({ result: 'win' }));
    }
  });

  it('ends a game at a move that is not allowed', async () => {
    const games = new SelfPlayVectorEnv(ticTacToe(), { opponents: randomPlayer(), numEnvs: 1, seat: 0 });
    await games.reset({ seed: 0 });
    await games.step([4]);
    const { rewards, terminations, infos } = await games.step([4]);
    expect([rewards[0], terminations[0], infos[0]!['finalInfo']]).toEqual([
      -1,
      1,
      { result: 'illegal', opponent: 'random', seat: 0 },
    ]);
  });

  it('refuses what is no opponent, no seat, no count, and a step before a reset', async () => {
    const one = { opponents: randomPlayer(), numEnvs: 1 };
    expect(() => new SelfPlayVectorEnv(ticTacToe(), { ...one, opponents: {} as GamePlayer })).toThrow('nobody plays');
    expect(() => new SelfPlayVectorEnv(ticTacToe(), { ...one, seat: 2 as 1 })).toThrow('there is no such seat. Got 2');
    expect(() => new SelfPlayVectorEnv(ticTacToe(), { ...one, numEnvs: 0 })).toThrow('numEnvs is not usable');
    await expect(new SelfPlayVectorEnv(ticTacToe(), one).step([0])).rejects.toThrow('no game has begun');
    await expect(new SelfPlayVectorEnv(ticTacToe(), one).reset({ seed: [1] })).rejects.toThrow('from one seed');
  });
});

describe('OpponentPool', () => {
  it('draws by weight and keeps the latest snapshots', () => {
    const named = (name: string): GamePlayer => ({ ...randomPlayer(), name });
    const pool = new OpponentPool([{ player: named('a'), weight: 3 }], { maxSnapshots: 2, snapshotWeight: 1 });
    const shares = (): Record<string, number> => {
      const random = new Generator(1);
      const counts: Record<string, number> = {};
      for (let draw = 0; draw < 4000; draw++) {
        const { name } = pool.draw(random);
        counts[name] = (counts[name] ?? 0) + 1 / 4000;
      }
      return counts;
    };
    expect(shares()).toEqual({ a: expect.closeTo(1) });
    expect([pool.add(named('b')), pool.add(named('c'))]).toEqual([undefined, undefined]);
    expect(pool.add(named('d'))!.name).toBe('b');
    expect(pool.players.map(({ name }) => name)).toEqual(['a', 'c', 'd']);
    const { a, c, d } = shares();
    expect(a).toBeCloseTo(0.75, 1);
    expect(c).toBeCloseTo(0.125, 1);
    expect(d).toBeCloseTo(0.125, 1);
    expect(() => new OpponentPool([])).toThrow('the weights do not fit');
    expect(() => new OpponentPool([{ player: named('a'), weight: -1 }])).toThrow('the weights do not fit');
  });
});

describe('policyPlayer', () => {
  it('plays what the policy finds likeliest, and a copy stays as it was', async () => {
    const game = ticTacToe();
    const agent = new PPO('MlpPolicy', new SelfPlayVectorEnv(game, { opponents: randomPlayer(), numEnvs: 8 }), {
      actionMasks: true,
      nSteps: 64,
      batchSize: 128,
      learningRate: 3e-3,
      seed: 1,
    });
    const spaces = { observationSpace: agent.env.singleObservationSpace, actionSpace: new Discrete(9) };
    const past = new ActorCriticPolicy(spaces);
    await copyWeights(agent.policy, past);
    const [now, then] = [agent.policy, past].map((policy) => policyPlayer(policy, { deterministic: true }));
    const replies = (player: GamePlayer) => everyReply(player, { game, seat: 0 });
    const before = await replies(then!);
    expect(await replies(now!)).toEqual(before);
    await agent.learn({ totalTimesteps: 2048 });
    expect(await replies(then!)).toEqual(before);
    const after = await replies(now!);
    expect(after).not.toEqual(before);
    const { wins, losses } = await playMatch(now!, randomPlayer(), { game, games: 200, seed: 9 });
    expect(wins).toBeGreaterThan(losses * 3); // random against random: 1.4 and 1
    game.play(4);
    const { actionMask, observation } = { actionMask: [1, 1, 1, 1, 0, 1, 1, 1, 1], observation: game.observe(1) };
    const predicted = await agent.predict(observation, { deterministic: true, actionMask });
    expect(await now!.choose([game], new Generator(0))).toEqual([predicted]);
  });
});

it('policyPlayer plays in evaluation, whatever mode its policy learns in', async () => {
  const game = ticTacToe();
  class Dropping extends Module {
    readonly dropout = new Dropout({ p: 0.5 }); // refuses to train without a key
    readonly linear = new Linear({ inFeatures: 18, outFeatures: 9 });

    forward(observations: Tensor, mask?: Tensor) {
      const logits = this.linear.forward(this.dropout.forward(reshape(observations, [-1, 18])) as Tensor);
      return { distribution: new Categorical(logits, { mask }), value: mean(logits, { axis: 1 }) };
    }
  }
  const policy = new Dropping();
  const player = policyPlayer(policy, { deterministic: true });
  expect(await player.choose([game], new Generator(0))).toEqual(await player.choose([game], new Generator(1)));
  expect([policy.training, policy.dropout.training]).toEqual([true, true]);
});

it('minimaxPlayer tells games of the same board apart', async () => {
  const rules = { rows: 4, columns: 4, connect: 3 };
  const [drops, places] = [true, false].map((falls) => new LineBoard({ ...rules, falls }));
  const player = minimaxPlayer({ depth: 1 });
  const choose = async (board: LineBoard) => board.isLegal((await player.choose([board], new Generator(0)))[0]!);
  for (const cell of [12, 8, 13, 9]) places!.play(cell);
  for (const column of [0, 0, 1, 1]) drops!.play(column);
  expect([await choose(places!), await choose(drops!)]).toEqual([true, true]);
});

describe('checkAec', () => {
  /** A game of two turns, changed in one place. */
  class Two extends TurnBasedEnv<number, number> {
    readonly possibleAgents = ['player_0', 'player_1'];
    readonly spaces = [new Discrete(2), new Discrete(2)] as const;
    readonly random = new Generator(0);
    observationSpace(_agent: string) {
      return this.spaces[0];
    }
    actionSpace(_agent: string) {
      return this.spaces[1];
    }
    observe(_agent: string) {
      return 0;
    }
    reset() {
      this.begin();
    }
    protected act(_action: number) {
      this.rewards = { player_0: 1, player_1: -1 };
      this.accumulate();
      if (this.agentSelection === 'player_1') this.terminations = { player_0: true, player_1: true };
      this.agentSelection = this.agentSelection === 'player_0' ? 'player_1' : 'player_0';
    }
  }

  const cases: readonly (readonly [string, (env: Two) => void, string])[] = [
    ['no agents', (env) => Object.assign(env, { possibleAgents: [] }), 'possibleAgents names nobody'],
    ['the same twice', (env) => Object.assign(env, { possibleAgents: ['a', 'a'] }), 'or somebody twice'],
    [
      'a new space each time',
      (env) => Object.assign(env, { actionSpace: () => new Discrete(2) }),
      'another one at every call',
    ],
    ['no space', (env) => Object.assign(env, { observationSpace: () => undefined }), 'is no space'],
    ['no last', (env) => Object.assign(env, { last: undefined }), 'last is missing'],
    [
      'an observation outside',
      (env) => Object.assign(env, { observe: () => 7 }),
      'outside its observationSpace. Got 7',
    ],
    [
      'a reset that does nothing',
      (env) => Object.assign(env, { reset: () => undefined }),
      'nobody takes part after a reset',
    ],
    ['draws of its own', (env) => Object.assign(env, { observe: () => env.random.integers(0, 2) }), 'differ at step'],
    [
      'rewards that are not added up',
      (env) => Object.assign(env, { accumulate: () => undefined }),
      'gives player_1 another reward than it was paid. Got 0; expected -1',
    ],
  ];

  it('takes one that keeps the contract', () => {
    expect(checkAec(new Two())).toBeUndefined();
  });

  it.each(cases)('refuses %s', (_, change, message) => {
    const env = new Two();
    change(env);
    expect(() => checkAec(env)).toThrow(message);
  });

  it('refuses options it does not have, and classes', () => {
    expect(() => checkAec(new Two(), { step: 1 } as object)).toThrow('step');
    expect(() => checkAec(Two as unknown as Two)).toThrow('this is no env');
  });

  it('sees that agents that have ended stay', () => {
    class Staying extends Two {
      override step(action: number | null) {
        if (action !== null) super.step(action);
      }
    }
    expect(() => checkAec(new Staying())).toThrow('has ended and is still there');
  });

  it('steps refuse actions outside the space, of those who have ended, and before a reset', () => {
    const env = new Two();
    expect(() => env.step(0)).toThrow('nobody takes part');
    env.reset();
    expect(() => env.step(2)).toThrow('not an action of player_0. Got 2; expected an element of Discrete(2)');
    expect(() => env.step(null)).toThrow('null is for agents that have ended');
    env.step(0);
    env.step(0);
    expect(() => env.step(0)).toThrow('player_0 has ended. Got action 0; expected null');
    expect(() => new TicTacToe({ illegalReward: Number.NaN })).toThrow('illegalReward is no reward');
    expect(() => new TicTacToe().observe('player_3')).toThrow('there is no such agent');
    expect(() => new LineBoard({ rows: 2, columns: 2, connect: 3, falls: false })).toThrow('nobody could win');
    expect(() => new LineBoard({ rows: 0, columns: 2, connect: 1, falls: false })).toThrow('rows is not usable');
    const strict = new ConnectFour({ illegalReward: null });
    strict.reset();
    for (let row = 0; row < 6; row++) strict.step(0);
    expect(() => strict.step(0)).toThrow('the move is not allowed. Got 0; expected one of 1, 2, 3, 4, 5, 6');
  });
});

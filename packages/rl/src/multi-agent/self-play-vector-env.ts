import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show, stateError } from '../errors.ts';
import { Generator } from '../random/generator.ts';
import { Box } from '../spaces/box.ts';
import { Discrete } from '../spaces/discrete.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { actionsOf } from '../vector/actions.ts';
import { Assembler } from '../vector/assemble.ts';
import type { EnvRecord } from '../vector/env-slice.ts';
import type { VectorEnv, VectorResetOptions, VectorResetResult, VectorStepResult } from '../vector/vector-env.ts';
import { actionMaskOf } from './board-game.ts';
import type { BoardGame, Player } from './board-game.ts';
import { chooseMoves } from './choose-moves.ts';
import type { GamePlayer } from './game-player.ts';
import type { OpponentPool } from './opponent-pool.ts';

/** Settings of {@link SelfPlayVectorEnv}. */
export interface SelfPlayOptions {
  /** Who plays the other side: a pool, from which every game draws, or one player. */
  readonly opponents: OpponentPool | GamePlayer;
  /** Games side by side. */
  readonly numEnvs: number;
  /** Which side the learner plays: 0 moves first, 1 second. Default `'random'`: drawn for every game. */
  readonly seat?: Player | 'random' | undefined;
}

/** A game that the learner plays. */
interface Table {
  readonly board: BoardGame;
  seat: Player;
  opponent: GamePlayer;
}

/** How a game has ended for the learner, in `finalInfo`. */
export interface GameEnd {
  readonly result: 'win' | 'draw' | 'loss' | 'illegal';
  readonly opponent: string;
  readonly seat: Player;
}

/**
 * Games of two as a vector env for one learner: the other side is played by opponents, all those who move at the same time in one
 * batch. Any agent of `@gai/rl/deep` learns in it, with `actionMasks: true`.
 *
 * Observations are those of the game (own stones first), rewards +1 for a win, −1 for a loss or a move that is not allowed, at the
 * end. `info.actionMask` says what is allowed, `finalInfo` how a game has ended ({@link GameEnd}). Finished games begin again in the
 * same step.
 *
 * @example
 * import { randomPlayer, SelfPlayVectorEnv, TicTacToe } from '@gai/rl/multi-agent';
 * const envs = new SelfPlayVectorEnv(new TicTacToe().board, { opponents: randomPlayer(), numEnvs: 8 });
 * const { infos } = await envs.reset({ seed: 0 });
 * (await envs.step(infos.map((info) => (info.actionMask as Int8Array).indexOf(1)))).rewards.length; // => 8
 * @category Games
 * @since 0.1.0
 */
export class SelfPlayVectorEnv implements VectorEnv<Int8Array, number> {
  readonly numEnvs: number;
  readonly singleObservationSpace: Box<'int8'>;
  readonly singleActionSpace: Discrete;
  readonly autoresetMode = 'same-step' as const;
  readonly #tables: readonly Table[];
  readonly #records: readonly EnvRecord[];
  readonly #opponents: OpponentPool | GamePlayer;
  readonly #seat: Player | 'random';
  readonly #assembler: Assembler<Int8Array>;
  #random: Generator | undefined;

  /**
   * @param game - At the position to begin with; it is copied.
   * @throws ArgumentError for an unknown option, a count or a seat that is none.
   */
  constructor(game: BoardGame, options: SelfPlayOptions) {
    checkOptionNames('SelfPlayVectorEnv', options, ['opponents', 'numEnvs', 'seat']);
    const { opponents, numEnvs, seat = 'random' } = options;
    checkCount('SelfPlayVectorEnv', 'numEnvs', numEnvs);
    checkOpponents(opponents);
    if (seat !== 0 && seat !== 1 && seat !== 'random') {
      throw argumentError(
        'SelfPlayVectorEnv',
        `there is no such seat. Got ${show(seat)}; expected 0, 1 or 'random'. Pass one of them.`,
      );
    }
    this.numEnvs = numEnvs;
    this.singleObservationSpace = new Box({ low: 0, high: 1, shape: game.shape, dtype: 'int8' });
    this.singleActionSpace = new Discrete(game.numActions);
    this.#opponents = opponents;
    this.#seat = seat;
    const opponent = 'draw' in opponents ? opponents.players[0]! : opponents;
    this.#tables = Array.from({ length: numEnvs }, () => ({ board: game.copy(), seat: 0, opponent }));
    this.#records = this.#tables.map(() => ({
      observation: undefined,
      reward: 0,
      terminated: false,
      truncated: false,
      info: {},
    }));
    this.#assembler = new Assembler(this.singleObservationSpace, numEnvs);
  }

  async reset(given: VectorResetOptions = {}): Promise<VectorResetResult<Int8Array>> {
    checkOptionNames('reset', given, ['seed', 'options', 'mask']);
    const { seed, mask } = given;
    if (mask !== undefined || (seed !== undefined && typeof seed !== 'number')) {
      throw argumentError(
        'SelfPlayVectorEnv.reset',
        'the games begin together, from one seed. Got a mask or a list of seeds; expected a number or nothing. Leave the others out.',
      );
    }
    if (seed !== undefined || this.#random === undefined) this.#random = new Generator(seed);
    await this.#begin(this.#tables, this.#random);
    this.#records.forEach((record, index) => this.#show(record, this.#tables[index]!));
    return this.#assembler.reset(this.#records);
  }

  async step(given: ArrayLike<number> | Int32Array): Promise<VectorStepResult<Int8Array>> {
    const random = this.#random;
    if (random === undefined) {
      throw stateError('SelfPlayVectorEnv.step', 'no game has begun. Got step first; expected reset. Call reset().');
    }
    const actions = actionsOf(this.singleActionSpace, given, this.numEnvs);
    const illegal = new Set<Table>();
    this.#tables.forEach((table, index) => {
      const action = Number(actions[index]);
      if (table.board.legalActions().includes(action)) table.board.play(action);
      else illegal.add(table);
    });
    await this.#answer(
      this.#tables.filter((table) => table.board.outcome === undefined && !illegal.has(table)),
      random,
    );
    const over = this.#tables.filter((table) => table.board.outcome !== undefined || illegal.has(table));
    const ends = new Map(over.map((table) => [table, endOf(table, illegal.has(table))]));
    const finals = new Map(over.map((table) => [table, table.board.observe(table.seat)]));
    await this.#begin(over, random);
    this.#records.forEach((record, index) => {
      const table = this.#tables[index]!;
      const end = ends.get(table);
      this.#show(record, table, end && { finalObservation: finals.get(table), finalInfo: end });
      record.terminated = end !== undefined;
      record.reward = end === undefined ? 0 : REWARDS[end.result];
    });
    return this.#assembler.step(this.#records);
  }

  close(): void {}

  /** Begins games anew; where the learner moves second, its opponent has moved. */
  async #begin(tables: readonly Table[], random: Generator): Promise<void> {
    for (const table of tables) {
      table.board.clear();
      table.seat = this.#seat === 'random' ? (random.integers(0, 2) as Player) : this.#seat;
      table.opponent = 'draw' in this.#opponents ? this.#opponents.draw(random) : this.#opponents;
    }
    await this.#answer(
      tables.filter(({ board, seat }) => board.player !== seat),
      random,
    );
  }

  /** Each opponent moves in all its games at once. */
  async #answer(tables: readonly Table[], random: Generator): Promise<void> {
    for (const opponent of new Set(tables.map((table) => table.opponent))) {
      const boards = tables.filter((table) => table.opponent === opponent).map(({ board }) => board);
      const moves = await chooseMoves(opponent, boards, random);
      boards.forEach((board, index) => board.play(moves[index]!));
    }
  }

  #show(record: EnvRecord, { board, seat }: Table, end: object = {}): void {
    record.observation = board.observe(seat);
    record.reward = 0;
    record.terminated = false;
    record.info = { actionMask: actionMaskOf(board), ...end };
  }
}

const REWARDS = { win: 1, draw: 0, loss: -1, illegal: -1 } as const;

function endOf({ board, seat, opponent }: Table, isIllegal: boolean): GameEnd {
  const others = board.outcome === 'draw' ? 'draw' : 'loss';
  const result = isIllegal ? 'illegal' : board.outcome === seat ? 'win' : others;
  return { result, opponent: opponent.name, seat };
}

function checkOpponents(opponents: unknown): void {
  const { draw, choose } = (opponents ?? {}) as Record<string, unknown>;
  if (typeof draw === 'function' || typeof choose === 'function') return;
  throw argumentError(
    'SelfPlayVectorEnv',
    `nobody plays the other side. Got opponents ${show(opponents)}; expected an OpponentPool or a player with choose. Pass ` +
      'randomPlayer() to begin with.',
  );
}

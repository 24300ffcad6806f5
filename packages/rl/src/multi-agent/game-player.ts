import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { BoardGame } from './board-game.ts';
import { minimax } from './minimax.ts';

/**
 * Somebody who plays board games, several at a time: anything that has these members.
 *
 * @category Games
 * @since 0.1.0
 */
export interface GamePlayer {
  readonly name: string;
  /**
   * One move for each game, in which it is this player's turn. What it draws comes from `random`, so that plays can be repeated.
   * The games may be played on, if they are put back.
   */
  choose(games: readonly BoardGame[], random: Generator): ArrayLike<number> | Promise<ArrayLike<number>>;
}

/**
 * Plays any move that is allowed, all as likely.
 *
 * @category Games
 * @since 0.1.0
 */
export function randomPlayer(): GamePlayer {
  return { name: 'random', choose: (games, random) => games.map((game) => random.choice(game.legalActions())) };
}

/** Settings of {@link minimaxPlayer}. */
export interface MinimaxPlayerOptions {
  /** Moves to look ahead. */
  readonly depth: number;
  /** How often it plays any move, from 0 to 1. Default 0. */
  readonly epsilon?: number | undefined;
}

/** Positions that are remembered. */
const MOST = 100_000;

/**
 * Plays one of the moves that {@link minimax} finds best, all as likely. It remembers positions, so that a small game is soon
 * looked up: for another game make another player.
 *
 * @throws ArgumentError for a depth or epsilon out of range.
 * @example
 * import { minimaxPlayer, playMatch, randomPlayer, TicTacToe } from '@gai/rl/multi-agent';
 * const options = { game: new TicTacToe().board, games: 20, seed: 0 };
 * (await playMatch(minimaxPlayer({ depth: 9 }), randomPlayer(), options)).losses; // => 0
 * @category Games
 * @since 0.1.0
 */
export function minimaxPlayer(options: MinimaxPlayerOptions): GamePlayer {
  checkOptionNames('minimaxPlayer', options, ['depth', 'epsilon']);
  const { depth, epsilon = 0 } = options;
  checkCount('minimaxPlayer', 'depth', depth);
  if (!(epsilon >= 0 && epsilon <= 1)) {
    throw argumentError(
      'minimaxPlayer',
      `epsilon is no probability. Got ${show(epsilon)}; expected 0 to 1. Pass such a number.`,
    );
  }
  const known = new Map<string, readonly number[]>();
  const best = (game: BoardGame): readonly number[] => {
    const position = `${game.shape.join('x')} ${game.numActions} ${game.player}${game.observe(0).join('')}`;
    const found = known.get(position);
    if (found !== undefined) return found;
    const { actions } = minimax(game, { depth });
    if (known.size === MOST) known.clear();
    known.set(position, actions);
    return actions;
  };
  const one = (game: BoardGame, random: Generator): number =>
    epsilon > 0 && random.random() < epsilon ? random.choice(game.legalActions()) : random.choice(best(game));
  return {
    name: `minimax ${depth}${epsilon > 0 ? `, ε ${epsilon}` : ''}`,
    choose: (games, random) => games.map((game) => one(game, random)),
  };
}

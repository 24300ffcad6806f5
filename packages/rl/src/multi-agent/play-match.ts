import { checkOptionNames } from '@gai/core/errors';
import { Generator } from '../random/generator.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { BoardGame, Player } from './board-game.ts';
import { chooseMoves } from './choose-moves.ts';
import type { GamePlayer } from './game-player.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** Settings of {@link playMatch}. */
export interface MatchOptions {
  /** The game, at the position to begin with; it is copied. */
  readonly game: BoardGame;
  /** How many. The first player begins in the first one and in every second from there. */
  readonly games: number;
  /** Of all that is drawn. Default: a random one. */
  readonly seed?: number | undefined;
}

/** How a match has ended, for the first player. */
export interface MatchResult {
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
  /** Wins among all games. */
  readonly winRate: number;
  /** Wilson's 95 % interval of it. */
  readonly interval: readonly [low: number, high: number];
}

/**
 * Plays games between two players, side by side, in turn with the first and the second move.
 *
 * @throws ArgumentError for a count that is none, or a player that makes a move that is not allowed.
 * @example
 * import { playMatch, randomPlayer, TicTacToe } from '@gai/rl/multi-agent';
 * const options = { game: new TicTacToe().board, games: 200, seed: 0 };
 * const { wins, draws, losses } = await playMatch(randomPlayer(), randomPlayer(), options);
 * wins + draws + losses; // => 200
 * @category Games
 * @since 0.1.0
 */
export async function playMatch(player: GamePlayer, against: GamePlayer, options: MatchOptions): Promise<MatchResult> {
  checkOptionNames('playMatch', options, ['game', 'games', 'seed']);
  const { game, games, seed } = options;
  checkCount('playMatch', 'games', games);
  const random = new Generator(seed);
  const boards = Array.from({ length: games }, () => game.copy());
  const seats = boards.map((_, index): Player => (index % 2 === 0 ? 0 : 1));
  for (let isOn = true; isOn;) {
    const going = boards
      .map((board, index) => [board, seats[index]!] as const)
      .filter(([{ outcome }]) => outcome === undefined);
    const own = going.filter(([board, seat]) => board.player === seat).map(([board]) => board);
    const others = going.filter(([board, seat]) => board.player !== seat).map(([board]) => board);
    await play(player, own, random);
    await play(against, others, random);
    isOn = going.length > 0;
  }
  const wins = boards.filter(({ outcome }, index) => outcome === seats[index]).length;
  const draws = boards.filter(({ outcome }) => outcome === 'draw').length;
  return { wins, draws, losses: games - wins - draws, winRate: wins / games, interval: wilsonInterval(wins, games) };
}

async function play(player: GamePlayer, boards: readonly BoardGame[], random: Generator): Promise<void> {
  const moves = await chooseMoves(player, boards, random);
  boards.forEach((board, index) => board.play(moves[index]!));
}

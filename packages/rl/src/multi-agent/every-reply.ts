import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show } from '../errors.ts';
import { Generator } from '../random/generator.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { BoardGame, Player } from './board-game.ts';
import { chooseMoves } from './choose-moves.ts';
import type { GamePlayer } from './game-player.ts';

/** Settings of {@link everyReply}. */
export interface EveryReplyOptions {
  /** The game, at the position to begin with; it is copied. */
  readonly game: BoardGame;
  /** 0: the player moves first; 1: the other does. */
  readonly seat: Player;
  /** More plays than this are refused: the game is too large. Default 100,000. */
  readonly maxPlays?: number | undefined;
}

/** All plays that are possible against a player. */
export interface EveryReply {
  /** Plays that end with each outcome, for the player. */
  readonly wins: number;
  readonly draws: number;
  readonly losses: number;
  /** The moves of the plays it loses. */
  readonly lost: readonly (readonly number[])[];
}

/**
 * Plays a player against every possible opponent: wherever the other is to move, all its moves are followed. A player without
 * losses cannot be beaten, which no number of matches shows.
 *
 * @param player - One that draws nothing: in every position it makes one move.
 * @throws ArgumentError for a game with more than `maxPlays` plays.
 * @example
 * import { everyReply, minimaxPlayer, TicTacToe } from '@gai/rl/multi-agent';
 * const { losses, draws } = await everyReply(minimaxPlayer({ depth: 9 }), { game: new TicTacToe().board, seat: 0 });
 * losses; // => 0
 * draws > 0; // => true
 * @category Games
 * @since 0.1.0
 */
export async function everyReply(player: GamePlayer, options: EveryReplyOptions): Promise<EveryReply> {
  checkOptionNames('everyReply', options, ['game', 'seat', 'maxPlays']);
  const { game, seat, maxPlays = 100_000 } = options;
  checkCount('everyReply', 'maxPlays', maxPlays);
  if (seat !== 0 && seat !== 1) {
    throw argumentError('everyReply', `there is no such seat. Got ${show(seat)}; expected 0 or 1. Pass one of them.`);
  }
  const random = new Generator(0);
  const over: BoardGame[] = [];
  let going = game.outcome === undefined ? [game.copy()] : [];
  while (going.length > 0) {
    const own = going.filter(({ player: turn }) => turn === seat);
    const others = going.filter(({ player: turn }) => turn !== seat);
    const moves = await chooseMoves(player, own, random);
    own.forEach((board, index) => board.play(moves[index]!));
    const next = [...own, ...others.flatMap(branches)];
    over.push(...next.filter(({ outcome }) => outcome !== undefined));
    going = next.filter(({ outcome }) => outcome === undefined);
    if (over.length + going.length > maxPlays) throw tooLarge(maxPlays);
  }
  const lost = over.filter(({ outcome }) => outcome !== seat && outcome !== 'draw').map(({ moves }) => [...moves]);
  const draws = over.filter(({ outcome }) => outcome === 'draw').length;
  return { wins: over.length - draws - lost.length, draws, losses: lost.length, lost };
}

/** The game after each move. */
function branches(game: BoardGame): BoardGame[] {
  return game.legalActions().map((action) => {
    const branch = game.copy();
    branch.play(action);
    return branch;
  });
}

const tooLarge = (maxPlays: number): Error =>
  argumentError(
    'everyReply',
    `the game is too large to play to every end. Got more than ${maxPlays} plays; expected at most maxPlays. Raise it, or play a ` +
      'match.',
  );

import { argumentError, show } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import type { BoardGame } from './board-game.ts';
import type { GamePlayer } from './game-player.ts';

/** A player's moves, checked. */
export async function chooseMoves(
  player: GamePlayer,
  games: readonly BoardGame[],
  random: Generator,
): Promise<ArrayLike<number>> {
  if (games.length === 0) return [];
  const moves = await player.choose(games, random);
  const wrong = games.findIndex((game, index) => !game.legalActions().includes(moves[index]!));
  if (wrong < 0 && moves.length === games.length) return moves;
  const legal = games[Math.max(0, wrong)]!.legalActions();
  throw argumentError(
    'choose',
    wrong < 0
      ? `${player.name} has not moved in every game. Got ${moves.length} moves; expected ${games.length}. Return one for each.`
      : `${player.name} makes a move that is not allowed. Got ${show(moves[wrong])}; expected one of ${legal.join(', ')}. Choose among ` +
          'legalActions().',
  );
}

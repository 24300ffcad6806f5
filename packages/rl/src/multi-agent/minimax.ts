import { checkOptionNames } from '@gai/core/errors';
import { checkCount } from '../spaces/seeded-space.ts';
import { argumentError } from '../errors.ts';
import type { BoardGame } from './board-game.ts';

/** More than any position without an end is worth. */
const WIN = 1_000_000;

/** What {@link minimax} finds. */
export interface MinimaxResult {
  /** The moves that are best, all as good. */
  readonly actions: readonly number[];
  /**
   * What they lead to for whose move it is: 0 a draw, 10⁶ less the moves of the whole game for a win, the negative for a loss,
   * else what `evaluate` says of the position at the end of the search.
   */
  readonly value: number;
  /** Positions looked at. */
  readonly nodes: number;
}

/**
 * The best moves of a game, by looking ahead with alpha-beta pruning: whoever is to move takes what is best for it, the other what
 * is worst. Quick wins are better than slow ones, slow losses better than quick ones.
 *
 * @param game - At a position in which somebody is to move; it is played on and put back.
 * @param options - `depth`: moves to look ahead; from there on `evaluate` counts. 9 solve Tic-tac-toe.
 * @throws ArgumentError if the game is over, or for a depth that is none.
 * @example
 * import { minimax, TicTacToe } from '@gai/rl/multi-agent';
 * const { board } = new TicTacToe();
 * for (const cell of [4, 1, 0]) board.play(cell); // 8 would be next
 * minimax(board, { depth: 9 }).actions; // => [8]
 * @category Games
 * @since 0.1.0
 */
export function minimax(game: BoardGame, options: { readonly depth: number }): MinimaxResult {
  checkOptionNames('minimax', options, ['depth']);
  const { depth } = options;
  checkCount('minimax', 'depth', depth);
  if (game.outcome !== undefined) {
    throw argumentError(
      'minimax',
      `the game is over. Got ${String(game.outcome)}; expected a position with moves. Clear the board.`,
    );
  }
  const search = new Search(game);
  let value = -Infinity;
  let actions: number[] = [];
  for (const action of game.legalActions()) {
    game.play(action);
    // One below the best so far: what is as good is found exactly, what is worse is cut off.
    const found = -search.value(depth - 1, -Infinity, 1 - value);
    game.undo();
    if (found > value) {
      value = found;
      actions = [action];
    } else if (found === value) actions.push(action);
  }
  return { actions, value: value + 0, nodes: search.nodes }; // never −0
}

class Search {
  nodes = 0;
  readonly #game: BoardGame;

  constructor(game: BoardGame) {
    this.#game = game;
  }

  /** What the position is worth for whose move it is, exact between alpha and beta. */
  value(depth: number, alpha: number, beta: number): number {
    const game = this.#game;
    this.nodes++;
    if (game.outcome === 'draw') return 0;
    if (game.outcome !== undefined) return game.moves.length - WIN; // who has moved last has won
    if (depth === 0) return game.evaluate(game.player);
    let best = -Infinity;
    for (const action of game.legalActions()) {
      game.play(action);
      const found = -this.value(depth - 1, -beta, -Math.max(alpha, best));
      game.undo();
      if (found > best) best = found;
      if (best >= beta) break;
    }
    return best;
  }
}

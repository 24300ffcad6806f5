import { BoardGameEnv } from './board-game-env.ts';
import type { BoardGameOptions } from './board-game-env.ts';
import { LineBoard } from './line-board.ts';

/**
 * Tic-tac-toe, equal to PettingZoo's `tictactoe_v3`: `player_1` begins, action i takes cell i of 3 × 3.
 *
 * @param options - Default {@link BoardGameOptions}' own.
 * @example
 * import { TicTacToe } from '@gai/rl/multi-agent';
 * const env = new TicTacToe();
 * env.reset();
 * for (const cell of [0, 3, 1, 4, 2]) env.step(cell);
 * env.rewards; // => { player_1: 1, player_2: -1 }
 * @category Games
 * @since 0.1.0
 */
export class TicTacToe extends BoardGameEnv {
  constructor(options: BoardGameOptions = {}) {
    const board = new LineBoard({ rows: 3, columns: 3, connect: 3, falls: false });
    super('TicTacToe', ['player_1', 'player_2'], { board, options });
  }
}

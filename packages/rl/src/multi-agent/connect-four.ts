import { BoardGameEnv } from './board-game-env.ts';
import type { BoardGameOptions } from './board-game-env.ts';
import { LineBoard } from './line-board.ts';

/**
 * Connect Four, equal to PettingZoo's `connect_four_v3`: `player_0` begins, action i drops a stone into column i of 6 × 7.
 *
 * @param options - Default {@link BoardGameOptions}' own.
 * @example
 * import { ConnectFour } from '@gai/rl/multi-agent';
 * const env = new ConnectFour();
 * env.reset();
 * for (const column of [3, 0, 3, 0, 3, 0, 3]) env.step(column);
 * env.terminations; // => { player_0: true, player_1: true }
 * env.rewards;      // => { player_0: 1, player_1: -1 }
 * @category Games
 * @since 0.1.0
 */
export class ConnectFour extends BoardGameEnv {
  constructor(options: BoardGameOptions = {}) {
    const board = new LineBoard({ rows: 6, columns: 7, connect: 4, falls: true });
    super('ConnectFour', ['player_0', 'player_1'], { board, options });
  }
}

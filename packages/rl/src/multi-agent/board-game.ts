/** Whose side: 0 moves first. */
export type Player = 0 | 1;

/** How a game has ended: who has won, or nobody; undefined while it goes on. */
export type Outcome = Player | 'draw' | undefined;

/**
 * A game of two players who see everything and move in turn: what {@link minimax} searches and {@link everyReply} walks. Moves
 * are numbers from 0 to `numActions` − 1 and can be taken back.
 *
 * @category Games
 * @since 0.1.0
 */
export interface BoardGame {
  /** How many moves there are, allowed or not. */
  readonly numActions: number;
  /** Sizes of what a player sees. */
  readonly shape: readonly number[];
  /** Whose move it is. */
  readonly player: Player;
  readonly outcome: Outcome;
  /** The moves so far. */
  readonly moves: readonly number[];
  /** What is allowed, the most promising first; nothing once the game is over. */
  legalActions(): number[];
  play(action: number): void;
  /** Takes the last move back. */
  undo(): void;
  /** Begins anew. */
  clear(): void;
  /** Another game at the same position. */
  copy(): BoardGame;
  /** What a player sees: planes of 0 and 1, its own first. */
  observe(player: Player): Int8Array;
  /** How promising the position is for a player: a whole number, 0 if it is even. */
  evaluate(player: Player): number;
}

/** 1 for each move that is allowed now. */
export function actionMaskOf(game: BoardGame): Int8Array {
  const mask = new Int8Array(game.numActions);
  for (const action of game.legalActions()) mask[action] = 1;
  return mask;
}

export type { AECEnv, LastResult, PerAgent } from './aec-env.ts';
export type { ParallelEnv, ParallelResetResult, ParallelStepResult } from './parallel-env.ts';
export { TurnBasedEnv } from './turn-based-env.ts';
export { aecToParallel } from './aec-to-parallel.ts';
export { parallelToAec } from './parallel-to-aec.ts';
export { turnBasedAecToParallel } from './turn-based-aec-to-parallel.ts';
export { checkAec } from './check-aec.ts';
export { checkParallel } from './check-parallel.ts';

export type { BoardGame, Outcome, Player } from './board-game.ts';
export { LineBoard } from './line-board.ts';
export type { LineRules } from './line-board.ts';
export { BoardGameEnv } from './board-game-env.ts';
export type { BoardGameOptions, BoardObservation } from './board-game-env.ts';
export { TicTacToe } from './tic-tac-toe.ts';
export { ConnectFour } from './connect-four.ts';

export { minimax } from './minimax.ts';
export type { MinimaxResult } from './minimax.ts';
export { minimaxPlayer, randomPlayer } from './game-player.ts';
export type { GamePlayer, MinimaxPlayerOptions } from './game-player.ts';
export { playMatch } from './play-match.ts';
export type { MatchOptions, MatchResult } from './play-match.ts';
export { everyReply } from './every-reply.ts';
export type { EveryReply, EveryReplyOptions } from './every-reply.ts';
export { OpponentPool } from './opponent-pool.ts';
export type { OpponentPoolOptions } from './opponent-pool.ts';
export { SelfPlayVectorEnv } from './self-play-vector-env.ts';
export type { GameEnd, SelfPlayOptions } from './self-play-vector-env.ts';

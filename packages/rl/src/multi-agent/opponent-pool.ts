import { checkOptionNames } from '@gai/core/errors';
import { argumentError, show } from '../errors.ts';
import type { Generator } from '../random/generator.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import type { GamePlayer } from './game-player.ts';

/** Settings of {@link OpponentPool}. */
export interface OpponentPoolOptions {
  /** Earlier selves that are kept, the latest. Default 8. */
  readonly maxSnapshots?: number | undefined;
  /** How often one of them is drawn, beside the weights of the others; they share it. Default 1. */
  readonly snapshotWeight?: number | undefined;
}

/**
 * Who one learns against: players that stay, each with its weight, and earlier selves that come and go. A learner that plays only
 * itself forgets how to beat what it has beaten before.
 *
 * @example
 * import { minimaxPlayer, OpponentPool, randomPlayer } from '@gai/rl/multi-agent';
 * const pool = new OpponentPool([
 *   { player: randomPlayer(), weight: 1 },
 *   { player: minimaxPlayer({ depth: 2, epsilon: 0.2 }), weight: 2 },
 * ]);
 * pool.players.map(({ name }) => name); // => ['random', 'minimax 2, ε 0.2']
 * @category Games
 * @since 0.1.0
 */
export class OpponentPool {
  readonly #fixed: readonly { readonly player: GamePlayer; readonly weight: number }[];
  readonly #maxSnapshots: number;
  readonly #snapshotWeight: number;
  #snapshots: readonly GamePlayer[] = [];

  /**
   * @param fixed - Who stays; weights are relative.
   * @throws ArgumentError if there is nobody, or a weight is none.
   */
  constructor(
    fixed: readonly { readonly player: GamePlayer; readonly weight: number }[],
    options: OpponentPoolOptions = {},
  ) {
    checkOptionNames('OpponentPool', options, ['maxSnapshots', 'snapshotWeight']);
    const { maxSnapshots = 8, snapshotWeight = 1 } = options;
    checkCount('OpponentPool', 'maxSnapshots', maxSnapshots, 0);
    const wrong = [...fixed.map(({ weight }) => weight), snapshotWeight].find(
      (weight) => !(weight >= 0 && weight < Infinity),
    );
    if (wrong !== undefined || !fixed.some(({ weight }) => weight > 0)) {
      throw argumentError(
        'OpponentPool',
        `the weights do not fit. Got ${show(fixed.map(({ weight }) => weight))} and snapshotWeight ${snapshotWeight}; expected ` +
          'finite numbers from 0, with at least one player of weight above 0. Pass such weights.',
      );
    }
    this.#fixed = [...fixed];
    this.#maxSnapshots = maxSnapshots;
    this.#snapshotWeight = snapshotWeight;
  }

  /** Everybody, those who stay first. */
  get players(): readonly GamePlayer[] {
    return [...this.#fixed.map(({ player }) => player), ...this.#snapshots];
  }

  /** Takes an earlier self in; the oldest goes where there are too many, and is returned. */
  add(snapshot: GamePlayer): GamePlayer | undefined {
    const all = [...this.#snapshots, snapshot];
    const gone = all.length > this.#maxSnapshots ? all.shift() : undefined;
    this.#snapshots = all;
    return gone;
  }

  /** Draws somebody to play. */
  draw(random: Generator): GamePlayer {
    const total = this.#fixed.reduce((sum, { weight }) => sum + weight, 0);
    const share = this.#snapshots.length > 0 ? this.#snapshotWeight : 0;
    let at = random.uniform(0, total + share);
    for (const { player, weight } of this.#fixed) {
      if (at < weight) return player;
      at -= weight;
    }
    return this.#snapshots.length > 0
      ? random.choice(this.#snapshots)
      : this.#fixed.findLast(({ weight }) => weight > 0)!.player;
  }
}

/** Returns and lengths of episodes as they happen in several envs, unnormalised; the latest ones are kept. */
export class EpisodeMonitor {
  /** Returns of the latest episodes, oldest first. */
  readonly returns: number[] = [];
  /** Their lengths, in steps. */
  readonly lengths: number[] = [];
  /** Episodes that have ended. */
  episodes = 0;
  readonly #window: number;
  readonly #totals: Float64Array;
  readonly #steps: Float64Array;

  constructor(numEnvs: number, window: number) {
    this.#window = window;
    this.#totals = new Float64Array(numEnvs);
    this.#steps = new Float64Array(numEnvs);
  }

  /** Takes in one step of all envs. */
  add(rewards: ArrayLike<number>, terminations: Uint8Array, truncations: Uint8Array): void {
    for (let env = 0; env < this.#totals.length; env++) {
      this.#totals[env]! += rewards[env]!;
      this.#steps[env]!++;
      if (terminations[env] === 0 && truncations[env] === 0) continue;
      this.returns.push(this.#totals[env]!);
      this.lengths.push(this.#steps[env]!);
      this.episodes++;
      if (this.returns.length > this.#window) {
        this.returns.shift();
        this.lengths.shift();
      }
      this.#totals[env] = 0;
      this.#steps[env] = 0;
    }
  }

  /** The envs have been reset. */
  restart(): void {
    this.#totals.fill(0);
    this.#steps.fill(0);
  }

  /** `rollout/ep_rew_mean` and `rollout/ep_len_mean`, once an episode has ended. */
  scalars(): Record<string, number> {
    if (this.returns.length === 0) return {};
    return { 'rollout/ep_rew_mean': meanOf(this.returns), 'rollout/ep_len_mean': meanOf(this.lengths) };
  }

  /** Everything, as JSON. */
  state(): MonitorState {
    const { returns, lengths, episodes } = this;
    return {
      returns: [...returns],
      lengths: [...lengths],
      episodes,
      totals: [...this.#totals],
      steps: [...this.#steps],
    };
  }

  load({ returns, lengths, episodes, totals, steps }: MonitorState): void {
    this.returns.splice(0, Infinity, ...returns.slice(-this.#window));
    this.lengths.splice(0, Infinity, ...lengths.slice(-this.#window));
    this.episodes = episodes;
    this.#totals.set(totals);
    this.#steps.set(steps);
  }
}

/** What {@link EpisodeMonitor.state} gives. */
export type MonitorState = {
  readonly returns: readonly number[];
  readonly lengths: readonly number[];
  readonly episodes: number;
  readonly totals: readonly number[];
  readonly steps: readonly number[];
};

/** The mean of some numbers. */
export function meanOf(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index++) total += values[index]!;
  return total / values.length;
}

import { checkOptionNames } from '@gai/core/errors';
import type { Env, ResetOptions, ResetResult, StepResult } from '../env.ts';
import { checkCount } from '../spaces/seeded-space.ts';
import { Wrapper } from './wrapper.ts';

/** What an episode came to. */
export interface EpisodeStatistics {
  /** Return: the sum of rewards. */
  readonly r: number;
  /** Length in steps. */
  readonly l: number;
  /** Wall-clock time in seconds since the reset. */
  readonly t: number;
}

/**
 * Adds `info.episode` ({@link EpisodeStatistics}) to the last step of each episode and keeps the latest ones.
 *
 * @example
 * import { make, RecordEpisodeStatistics } from '@gai/rl';
 * const env = new RecordEpisodeStatistics(make('CartPole-v1'));
 * env.reset({ seed: 0 });
 * let result = env.step(1);
 * while (!result.terminated) result = env.step(1);
 * env.lengths; // => [8]
 * @category Wrappers
 * @since 0.1.0
 */
export class RecordEpisodeStatistics<Observation, Action> extends Wrapper<Observation, Action> {
  /** Statistics of the latest episodes, oldest first. */
  readonly episodes: EpisodeStatistics[] = [];
  /** How many episodes have ended. */
  episodeCount = 0;
  readonly #bufferLength: number;
  #total = 0;
  #length = 0;
  #began = 0;

  /** @param options - `bufferLength`: how many episodes to keep, default 100. */
  constructor(env: Env<Observation, Action>, options: { bufferLength?: number } = {}) {
    checkOptionNames('RecordEpisodeStatistics', options, ['bufferLength']);
    const { bufferLength = 100 } = options;
    super(env, env);
    checkCount('RecordEpisodeStatistics', 'bufferLength', bufferLength);
    this.#bufferLength = bufferLength;
  }

  /** Returns of the latest episodes. */
  get returns(): number[] {
    return this.episodes.map(({ r }) => r);
  }

  /** Lengths of the latest episodes, in steps. */
  get lengths(): number[] {
    return this.episodes.map(({ l }) => l);
  }

  #begin(): void {
    this.#total = 0;
    this.#length = 0;
    this.#began = performance.now();
  }

  reset(options?: ResetOptions): ResetResult<Observation> {
    this.#begin();
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    const result = this.forward(inner, inner.observation);
    this.#total += inner.reward;
    this.#length++;
    if (inner.terminated || inner.truncated) {
      const seconds = (performance.now() - this.#began) / 1000;
      const episode = { r: this.#total, l: this.#length, t: Math.round(seconds * 1e6) / 1e6 };
      result.info = { ...inner.info, episode };
      this.episodes.push(episode);
      if (this.episodes.length > this.#bufferLength) this.episodes.shift();
      this.episodeCount++;
    }
    return result;
  }
}

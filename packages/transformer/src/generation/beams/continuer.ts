import type { GenerateOptions } from '../generate-options.ts';
import { candidatesOf } from '../scores/candidates.ts';
import type { CandidateFilter, Candidates } from '../scores/candidates.ts';
import { uniformsAt } from '../scores/draw.ts';
import { logSoftmax } from '../scores/log-probabilities.ts';
import { filtersOf, listOf, processorsOf } from '../scores/pipeline.ts';
import type { ScoreProcessor } from '../scores/processor.ts';
import { topPlaces } from '../scores/top-places.ts';
import type { Beam, Continuation } from './beam.ts';

/** Finds how a search goes on, by the settings of the call. */
export class Continuer {
  readonly #processors: readonly ScoreProcessor[];
  readonly #filters: readonly CandidateFilter[];
  readonly #diversity: number;
  readonly #count: number;
  readonly #seed: number | undefined;

  /** @param of - The beams of a search, and the seed of its prompt where it draws. */
  constructor(
    settings: GenerateOptions,
    { width, seed }: { readonly width: number; readonly seed: number | undefined },
  ) {
    this.#processors = processorsOf(settings);
    this.#filters = seed === undefined ? [] : filtersOf(settings);
    this.#diversity = settings.diversityPenalty ?? 0;
    // So many that enough are left if the best all end.
    this.#count = Math.max(2, 1 + listOf(settings.eosTokenId).length) * width;
    this.#seed = seed;
  }

  /** The best continuations of all beams, or drawn ones; the best first. */
  best(beams: readonly Beam[], scores: readonly Float32Array[], taken: readonly number[]): readonly Continuation[] {
    const found = beams.flatMap((beam) => this.#ofBeam(beam, scores[beam.row]!, taken));
    const drawn = this.#seed === undefined ? found : this.#drawn(found, beams[0]!.written.length);
    return drawn.toSorted((one, other) => other.score - one.score).slice(0, this.#count);
  }

  /** What one beam could go on with. */
  #ofBeam(beam: Beam, raw: Float32Array, taken: readonly number[]): Continuation[] {
    const { tokens, scores } = this.#candidates(beam, raw, taken);
    const places = this.#seed === undefined ? topPlaces(scores, this.#count) : tokens.keys();
    return Array.from(places, (place) => ({ beam, token: tokens[place]!, score: beam.score + scores[place]! }));
  }

  #candidates(beam: Beam, raw: Float32Array, taken: readonly number[]): Candidates {
    const scores = logSoftmax(raw);
    for (const token of taken) scores[token] = scores[token]! - this.#diversity;
    for (const process of this.#processors) process(scores, beam);
    let candidates = candidatesOf(scores);
    for (const filter of this.#filters) if (candidates.tokens.length > 0) candidates = filter(candidates);
    return candidates;
  }

  /**
   * Draws without putting back: the largest of the scores with noise of Gumbel's.
   * @see Kool et al. 2019, Stochastic Beams and Where to Find Them, https://arxiv.org/abs/1903.06059
   */
  #drawn(found: readonly Continuation[], step: number): Continuation[] {
    const noise = uniformsAt(this.#seed!, step, found.length);
    const keys = Float64Array.from(found, ({ score }, place) => score - Math.log(-Math.log(noise[place]!)));
    return topPlaces(keys, this.#count).map((place) => found[place]!);
  }
}

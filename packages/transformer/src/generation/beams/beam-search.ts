import type { GenerateOptions, GenerationEnd } from '../generate-options.ts';
import { logProbabilities } from '../scores/log-probabilities.ts';
import { Beam } from './beam.ts';
import type { Continuation, FinishedBeam } from './beam.ts';
import type { Continuer } from './continuer.ts';

/** What is the same for every search of a call. */
export interface SearchRules {
  readonly settings: GenerateOptions;
  /** Beams that go on. */
  readonly width: number;
  /** Tokens that end a row. */
  readonly ends: ReadonlySet<number>;
  readonly continuer: Continuer;
}

/**
 * The search for the best continuations of one prompt: in each step the best of all that its beams could become go on, and those that end are
 * ranked by `score / length ** lengthPenalty`.
 */
export class BeamSearch {
  readonly #rules: SearchRules;
  readonly #prompt: number;
  #beams: readonly Beam[];
  #finished: readonly FinishedBeam[] = [];
  #isOver: boolean;

  /** @param prompt - Which of the call it is of. */
  constructor(rules: SearchRules, prompt: number, root: Beam) {
    this.#rules = rules;
    this.#prompt = prompt;
    this.#isOver = root.ids.length >= root.maxLength;
    this.#beams = this.#isOver ? [] : [root];
    if (this.#isOver) this.#finished = [{ beam: root, end: 'length', rank: 0 }];
  }

  /** Those that go on, the best first. */
  get beams(): readonly Beam[] {
    return this.#beams;
  }

  /** Those that have ended, the best first. */
  get finished(): readonly FinishedBeam[] {
    return this.#finished;
  }

  /**
   * One token more.
   * @param scores - What the model says in each row.
   * @param taken - Tokens that other groups of the same prompt have just gone on with.
   * @returns The tokens that this one goes on with, at its greatest length too.
   */
  advance(scores: readonly Float32Array[], taken: readonly number[]): readonly number[] {
    if (this.#isOver) return [];
    const { width, continuer } = this.#rules;
    const next: Beam[] = [];
    const ended: FinishedBeam[] = [];
    for (const [place, one] of continuer.best(this.#beams, scores, taken).entries()) {
      const beam = this.#grown(one, scores);
      const end = this.#endOf(beam);
      if (end === undefined) {
        if (next.length < width) next.push(beam);
      } else if (place < width) ended.push({ beam, end, rank: this.#rankOf(beam.score, beam.written.length) });
    }
    this.#finished = [...this.#finished, ...ended].toSorted((one, other) => other.rank - one.rank).slice(0, width);
    this.#isOver = next.length === 0 || !this.#canImprove(next[0]!);
    this.#beams = this.#isOver ? [] : next;
    const longest = ended.flatMap(({ beam, end }) => (end === 'length' ? [beam] : []));
    return [...next, ...longest].map(({ ids }) => ids.at(-1)!);
  }

  #grown(one: Continuation, scores: readonly Float32Array[]): Beam {
    const { logProbs } = this.#rules.settings;
    const scored = logProbs === undefined ? undefined : logProbabilities(scores[one.beam.row]!, one.token, logProbs);
    return one.beam.with(one, scored);
  }

  #endOf(beam: Beam): GenerationEnd | undefined {
    const { ends, settings } = this.#rules;
    if (ends.has(beam.ids.at(-1)!)) return 'eos';
    if (settings.stopWhen?.(this.#prompt, beam.written) === true) return 'stop';
    return beam.ids.length >= beam.maxLength ? 'length' : undefined;
  }

  #rankOf(score: number, length: number): number {
    return score / length ** (this.#rules.settings.lengthPenalty ?? 1);
  }

  /** Whether the best beam might end better than the worst that has ended: as it is now, or (`never`) as long as it may become. */
  #canImprove(best: Beam): boolean {
    const { width, settings } = this.#rules;
    if (this.#finished.length < width) return true;
    const { earlyStopping = false, lengthPenalty = 1 } = settings;
    if (earlyStopping === true) return false;
    const isLong = earlyStopping === 'never' && lengthPenalty > 0;
    const length = (isLong ? best.maxLength : best.ids.length) - best.promptLength;
    return this.#rankOf(best.score, length) > this.#finished.at(-1)!.rank;
  }
}

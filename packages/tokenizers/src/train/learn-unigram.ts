import { Lattice } from './lattice.ts';
import type { ScoredPiece } from './lattice.ts';
import type { ReportTraining } from './options.ts';

/** Settings of {@link learnUnigram}. */
export interface UnigramLearning {
  /** Tokens there shall be. */
  readonly size: number;
  /** Characters of the longest token. */
  readonly maxPieceLength: number;
  /** Candidates the first round begins with. */
  readonly seedSize: number;
  readonly report: ReportTraining | undefined;
}

/** Rounds of expectation and maximisation before each pruning. */
const ROUNDS = 2;
/** Of the tokens so many stay in each pruning. */
const SHRINKING = 0.75;
/** Tokens that are expected more rarely are dropped. */
const LEAST_EXPECTED = 0.5;

/**
 * Learns the tokens of a Unigram model: begins with all frequent parts of words, then in turn estimates how likely each is
 * (EM) and drops those whose loss costs least, until the wanted number is left. Single characters stay.
 * @see Kudo 2018, Subword Regularization, https://arxiv.org/abs/1804.10959
 */
export function learnUnigram(counts: ReadonlyMap<string, number>, options: UnigramLearning): ScoredPiece[] {
  const { size, report } = options;
  const { characters, candidates } = seeds(counts, options);
  const desired = Math.max(Math.floor(size * 1.1), characters.length);
  let pieces = toLogarithms([...characters, ...candidates]);
  const total = pieces.length;
  for (;;) {
    for (let round = 0; round < ROUNDS; round++) pieces = maximise(pieces, counts);
    report?.({ phase: 'learning', done: total - pieces.length, total: Math.max(0, total - size) });
    if (pieces.length <= desired) break;
    const pruned = prune(pieces, counts, desired);
    if (pruned.length >= pieces.length) break;
    pieces = pruned;
  }
  report?.({ phase: 'learning', done: Math.max(0, total - size), total: Math.max(0, total - size) });
  return finish(pieces, characters, size);
}

/** Single characters, and parts of words that occur more than once, both with how much they would cover. */
function seeds(
  counts: ReadonlyMap<string, number>,
  { maxPieceLength, seedSize }: UnigramLearning,
): { characters: ScoredPiece[]; candidates: ScoredPiece[] } {
  const single = new Map<string, number>();
  const parts = new Map<string, number>();
  for (const [word, count] of counts) {
    const characters = [...word];
    for (let from = 0; from < characters.length; from++) {
      let part = characters[from]!;
      single.set(part, (single.get(part) ?? 0) + count);
      for (let to = from + 1; to < characters.length && to - from < maxPieceLength; to++) {
        part += characters[to]!;
        parts.set(part, (parts.get(part) ?? 0) + count);
      }
    }
  }
  dropCovered(parts);
  const byScore = (a: ScoredPiece, b: ScoredPiece): number => b.score - a.score || (a.text < b.text ? -1 : 1);
  const scored = (map: ReadonlyMap<string, number>, least: number): ScoredPiece[] =>
    Array.from(map, ([text, count]) => ({ text, score: count < least ? 0 : count * [...text].length }))
      .filter(({ score }) => score > 0)
      .sort(byScore);
  return { characters: scored(single, 1), candidates: scored(parts, 2).slice(0, seedSize) };
}

/** Leaves out the parts that only occur within one longer part. */
function dropCovered(parts: Map<string, number>): void {
  const covered = new Set<string>();
  for (const [text, count] of parts) {
    for (const shorter of [text.slice(0, -1), text.slice(1)]) if (parts.get(shorter) === count) covered.add(shorter);
  }
  for (const text of covered) parts.delete(text);
}

function toLogarithms(pieces: readonly ScoredPiece[]): ScoredPiece[] {
  const sum = pieces.reduce((all, { score }) => all + score, 0);
  return pieces.map(({ text, score }) => ({ text, score: Math.log(score / sum) }));
}

/** One round of EM: how often each token is expected, and from that how likely it is. */
function maximise(pieces: readonly ScoredPiece[], counts: ReadonlyMap<string, number>): ScoredPiece[] {
  const lattice = new Lattice(pieces);
  const expected = new Float64Array(pieces.length);
  for (const [word, count] of counts) lattice.expect(word, count, expected);
  const isSingle = (text: string): boolean => text.length === 1 || [...text].length === 1;
  const kept = pieces
    .map(({ text }, id) => ({ text, count: isSingle(text) ? Math.max(expected[id]!, LEAST_EXPECTED) : expected[id]! }))
    .filter(({ count }) => count >= LEAST_EXPECTED);
  const sum = digamma(kept.reduce((all, { count }) => all + count, 0));
  // The digamma function in place of the logarithm takes off more from what is rare: sparse, as with a Dirichlet prior.
  return kept.map(({ text, count }) => ({ text, score: digamma(count) - sum }));
}

/** Drops the tokens without which the texts are hardly less likely. */
function prune(pieces: readonly ScoredPiece[], counts: ReadonlyMap<string, number>, desired: number): ScoredPiece[] {
  const lattice = new Lattice(pieces);
  const used = new Float64Array(pieces.length);
  const words = new Float64Array(pieces.length);
  let sum = 0;
  for (const [word, count] of counts) {
    const path = lattice.bestPath(word);
    for (const id of path) used[id]! += count;
    for (const id of new Set(path)) words[id]! += count;
    sum += count * path.length;
  }
  const kept: ScoredPiece[] = [];
  const losses: { readonly piece: ScoredPiece; readonly loss: number }[] = [];
  for (const [id, piece] of pieces.entries()) {
    const others = lattice.bestPath(piece.text, id);
    if (others.length === 0) kept.push(piece);
    else if (used[id]! > 0) losses.push({ piece, loss: words[id]! * gain(id, others, used, sum) });
  }
  losses.sort((a, b) => b.loss - a.loss || (a.piece.text < b.piece.text ? -1 : 1));
  const room = Math.max(desired, Math.floor(pieces.length * SHRINKING)) - kept.length;
  return [...kept, ...losses.slice(0, Math.max(0, room)).map(({ piece }) => piece)];
}

/** How much more likely a token is than the others that would stand in for it. */
function gain(id: number, others: readonly number[], used: Float64Array, sum: number): number {
  const without = Math.log(sum + used[id]! * (others.length - 1));
  const instead = others.reduce((all, other) => all + Math.log(used[other]! + used[id]!) - without, 0);
  return Math.log(used[id]!) - Math.log(sum) - instead;
}

/** All characters, and the most likely of the other tokens. */
function finish(pieces: readonly ScoredPiece[], characters: readonly ScoredPiece[], size: number): ScoredPiece[] {
  const single = new Set(characters.map(({ text }) => text));
  const sorted = pieces.toSorted((a, b) => b.score - a.score || (a.text < b.text ? -1 : 1));
  const chosen = new Set(sorted.filter(({ text }) => !single.has(text)).slice(0, Math.max(0, size - single.size)));
  return sorted.filter((piece) => single.has(piece.text) || chosen.has(piece));
}

/** The logarithmic derivative of the gamma function, for positive numbers. */
function digamma(value: number): number {
  let x = value;
  let result = 0;
  for (; x < 7; x++) result -= 1 / x;
  const square = 1 / (x - 0.5) ** 2;
  const series = 1 / 24 - square * (7 / 960 - square * (31 / 8064 - square * (127 / 30_720)));
  return result + Math.log(x - 0.5) + square * series;
}

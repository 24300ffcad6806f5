import type { Analyzer } from '../text/analyzer.ts';
import type { Candidate } from './fuse.ts';

/**
 * Maximal marginal relevance: takes one after the other the candidate with the largest `λ · score − (1 − λ) · likeness` to those taken, with
 * scores from 0 to 1 and the share of terms that two chunks have in common as likeness.
 */
export function diversify(
  candidates: readonly Candidate[],
  k: number,
  lambda: number,
  analyzer: Analyzer,
): Candidate[] {
  const most = Math.max(...candidates.map(({ score }) => score), Number.MIN_VALUE);
  const open = candidates.map((candidate) => ({
    candidate,
    terms: new Set(analyzer.terms(candidate.chunk.text)),
    likeness: 0,
  }));
  const taken: Candidate[] = [];
  while (taken.length < k && open.length > 0) {
    const values = open.map(({ candidate, likeness }) => (lambda * candidate.score) / most - (1 - lambda) * likeness);
    const best = values.indexOf(Math.max(...values));
    const [{ candidate, terms }] = open.splice(best, 1) as [(typeof open)[number]];
    candidate.scores.mmr = values[best]!;
    taken.push({ ...candidate, score: values[best]! });
    for (const other of open) other.likeness = Math.max(other.likeness, jaccard(terms, other.terms));
  }
  return taken;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const term of a) if (b.has(term)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

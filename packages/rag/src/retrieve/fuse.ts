import type { Found } from '../store/store.ts';

/** Scores of one chunk by stage. */
export interface StageScores {
  /** BM25. */
  lexical?: number;
  /** The product of the vectors of query and chunk. */
  vector?: number;
  /** Both together. */
  fused?: number;
  /** Its worth beside what was chosen before it (maximal marginal relevance). */
  mmr?: number;
}

/** A chunk on its way through the stages. */
export interface Candidate {
  readonly chunk: Found['chunk'];
  readonly scores: StageScores;
  score: number;
}

/** How much each list counts. */
export interface FusionWeights {
  readonly lexical: number;
  readonly vector: number;
}

/** What hardly matters is the place behind some sixty. */
const RRF_K = 60;

/** Two lists as one: each chunk once, with the scores it has in both, best first. */
export function fuse(
  lexical: readonly Found[],
  vector: readonly Found[],
  { fusion, weights }: { readonly fusion: 'weighted' | 'rrf'; readonly weights: FusionWeights },
): Candidate[] {
  const candidates = new Map<string, Candidate>();
  const parts = [
    ['lexical', lexical, weights.lexical],
    ['vector', vector, weights.vector],
  ] as const;
  for (const [stage, list, weight] of parts) {
    const share = fusion === 'rrf' ? byRank : byScore(stage, list);
    for (const [rank, { chunk, score }] of list.entries()) {
      const candidate = candidates.get(chunk.id) ?? { chunk, scores: {}, score: 0 };
      candidates.set(chunk.id, candidate);
      candidate.scores[stage] = score;
      candidate.score += weight * share(score, rank);
    }
  }
  for (const candidate of candidates.values()) candidate.scores.fused = candidate.score;
  return [...candidates.values()].sort((a, b) => b.score - a.score || (a.chunk.id < b.chunk.id ? -1 : 1));
}

const byRank = (_score: number, rank: number): number => 1 / (RRF_K + rank + 1);

/**
 * Scores from 0 to 1: of BM25 the share of the best, for what lacks all words has 0; of products, between the last of the list and the best.
 */
function byScore(stage: 'lexical' | 'vector', list: readonly Found[]): (score: number) => number {
  const most = list[0]?.score ?? 0;
  const least = stage === 'lexical' ? 0 : (list.at(-1)?.score ?? 0);
  return (score) => (most > least ? (score - least) / (most - least) : 1);
}

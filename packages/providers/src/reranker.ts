import type { ScoreOptions } from './classifier.ts';

/**
 * A model that says how well documents answer a query, reading both together.
 * @category Classification
 */
export interface Reranker {
  /** The name of the model. */
  readonly model: string;
  /** One score per document, in their order; larger is better. Scores of two queries do not compare. */
  score(query: string, documents: readonly string[], options?: ScoreOptions): Promise<Float32Array>;
}

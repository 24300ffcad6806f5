/** A label and how likely it is. */
export interface LabelScore {
  readonly label: string;
  /** A probability in [0, 1]. */
  readonly score: number;
}

/** Settings of one call of a {@link Classifier} or {@link Reranker}. */
export interface ScoreOptions {
  /** Stops the work; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A model that says which of its labels a text has.
 * @category Classification
 */
export interface Classifier {
  /** The name of the model. */
  readonly model: string;
  /** The labels it knows. */
  readonly labels: readonly string[];
  /** For each text every label, most likely first. */
  classify(texts: readonly string[], options?: ScoreOptions): Promise<readonly (readonly LabelScore[])[]>;
}

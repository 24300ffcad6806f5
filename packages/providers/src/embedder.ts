import type { Usage } from './usage.ts';

/** Settings of one call of an {@link Embedder}. */
export interface EmbedOptions {
  /** What the texts are, for models that were trained with a prefix for each. Default `document`. */
  readonly purpose?: 'document' | 'query' | undefined;
  /** Stops the work; the call then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The vectors of some texts, in their order. */
export interface Embeddings {
  /** One per text, `[dimensions]`. */
  readonly vectors: readonly Float32Array[];
  readonly usage: Usage;
}

/**
 * A model that turns texts into vectors, near each other where the texts mean the same.
 * @example
 * const embedder: Embedder = hashingEmbedder({ dimensions: 64 });
 * const { vectors } = await embedder.embed(['a cat', 'a dog']);
 * vectors[0]?.length; // => 64
 * @category Embedding
 */
export interface Embedder {
  /** The name of the model; stored beside vectors, since those of two models do not compare. */
  readonly model: string;
  /** Length of the vectors; undefined until the first call where only the model knows. */
  readonly dimensions: number | undefined;
  /**
   * Embeds any number of texts; an empty list gives no vectors.
   * @throws {@link ProviderError} if the model fails or returns other than one finite vector a text.
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
}

import type { Chunk, Document } from '../documents/document.ts';
import type { Analyzer } from '../text/analyzer.ts';
import type { Filter } from './filter.ts';

/**
 * Whose documents are meant.
 * @category Stores
 */
export interface TenantOptions {
  /** Documents of one tenant are never seen by another. Default: those without a tenant. */
  readonly tenant?: string | undefined;
}

/**
 * Settings of a search in a {@link Store}.
 * @category Stores
 */
export interface StoreSearchOptions extends TenantOptions {
  /** At most so many chunks. Default 10. */
  readonly k?: number | undefined;
  /** What the metadata of documents must say. */
  readonly filter?: Filter | undefined;
}

/**
 * A chunk that a store found.
 * @category Stores
 */
export interface Found {
  readonly chunk: Chunk;
  /** Larger is better; scores of two queries do not compare. */
  readonly score: number;
}

/**
 * A document with all that is stored of it.
 * @category Stores
 */
export interface StoredDocument {
  readonly document: Document;
  /** In the order of the text. */
  readonly chunks: readonly Chunk[];
  /** One per chunk, where they were embedded. */
  readonly vectors?: readonly Float32Array[] | undefined;
}

/**
 * What is said of a document in a list.
 * @category Stores
 */
export type ListedDocument = Pick<Document, 'id' | 'source' | 'hash'>;

/**
 * Where documents lie and are searched.
 * @category Stores
 */
export interface Store {
  /** How it finds terms in texts. */
  readonly analyzer: Analyzer;
  /** Stores a document, in place of one with the same id. */
  put(stored: StoredDocument, options?: TenantOptions): Promise<void>;
  /** Removes a document; false if there is none. */
  remove(id: string, options?: TenantOptions): Promise<boolean>;
  /** A document with its chunks. */
  get(id: string, options?: TenantOptions): Promise<StoredDocument | undefined>;
  /** All documents of a tenant, by their ids. */
  list(options?: TenantOptions): Promise<readonly ListedDocument[]>;
  /** How rare terms are: `ln(1 + (N − n + ½) / (n + ½))`, the largest for those that stand nowhere. */
  rarity(terms: readonly string[], options?: TenantOptions): Promise<ReadonlyMap<string, number>>;
  /** The best chunks by their words. */
  lexical(query: string, options?: StoreSearchOptions): Promise<readonly Found[]>;
  /** The chunks whose vectors are nearest. */
  nearest(vector: Float32Array, options?: StoreSearchOptions): Promise<readonly Found[]>;
}

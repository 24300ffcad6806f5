import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Chunk, Metadata } from '../documents/document.ts';
import { BM25Index } from '../lexical/bm25-index.ts';
import type { BM25Options } from '../lexical/bm25-index.ts';
import { englishAnalyzer } from '../text/analyzer.ts';
import type { Analyzer } from '../text/analyzer.ts';
import { VectorIndex } from '../vector/vector-index.ts';
import { compileFilter } from './filter.ts';
import { checkMetadata } from './metadata.ts';
import type { Found, ListedDocument, Store, StoredDocument, StoreSearchOptions, TenantOptions } from './store.ts';

/**
 * Settings of {@link memoryStore}.
 * @category Stores
 */
export interface MemoryStoreOptions extends BM25Options {
  /** How many times a word of the title and the headings counts. Default 1. */
  readonly headingWeight?: number | undefined;
}

/**
 * A store in memory: BM25 over the words of chunks and their headings, and exact search over their vectors.
 *
 * For tests, pages, and collections of up to some 100,000 chunks. Each tenant has indexes of its own: neither its documents nor how often
 * words stand in them are seen by another.
 * @throws {@link ArgumentError} for settings out of range.
 * @example
 * const store = memoryStore();
 * const { documents } = await parseDocuments('# Tea\n\nBoil water.', { source: 'tea.md' });
 * await store.put({ document: documents[0]!.document, chunks: chunkDocument(documents[0]!) });
 * const [found] = await store.lexical('boiling');
 * found!.chunk.text; // => 'Boil water.'
 * @category Stores
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const op = 'memoryStore';
  checkOptionNames(op, options, ['analyzer', 'k1', 'b', 'headingWeight']);
  const { headingWeight = 1, ...bm25 } = options;
  const fits = Number.isSafeInteger(headingWeight) && headingWeight >= 0;
  checkArgument(fits, headingWeight, { op, name: 'headingWeight', rule: 'a whole number of at least 0' });
  return new MemoryStore(
    bm25.analyzer ?? englishAnalyzer(),
    (analyzer) => new Partition({ ...bm25, analyzer }, headingWeight),
  );
}

class MemoryStore implements Store {
  readonly analyzer: Analyzer;
  readonly #tenants: Map<string, Partition>;
  readonly #make: () => Partition;

  constructor(analyzer: Analyzer, make: (analyzer: Analyzer) => Partition) {
    this.analyzer = analyzer;
    this.#make = () => make(analyzer);
    // Made now, so that settings out of range are refused now.
    this.#tenants = new Map([['', this.#make()]]);
  }

  async put(stored: StoredDocument, options: TenantOptions = {}): Promise<void> {
    const tenant = tenantOf('put', options);
    checkStored(stored);
    let partition = this.#tenants.get(tenant);
    if (partition === undefined) this.#tenants.set(tenant, (partition = this.#make()));
    partition.put(stored);
  }

  async remove(id: string, options: TenantOptions = {}): Promise<boolean> {
    return this.#tenants.get(tenantOf('remove', options))?.remove(id) ?? false;
  }

  async get(id: string, options: TenantOptions = {}): Promise<StoredDocument | undefined> {
    return this.#tenants.get(tenantOf('get', options))?.get(id);
  }

  async list(options: TenantOptions = {}): Promise<readonly ListedDocument[]> {
    return this.#tenants.get(tenantOf('list', options))?.list() ?? [];
  }

  async rarity(terms: readonly string[], options: TenantOptions = {}): Promise<ReadonlyMap<string, number>> {
    const partition = this.#tenants.get(tenantOf('rarity', options)) ?? this.#make();
    return new Map(terms.map((term) => [term, partition.rarity(term)]));
  }

  async lexical(query: string, options: StoreSearchOptions = {}): Promise<readonly Found[]> {
    const search = searchOf('lexical', options);
    checkArgument(typeof query === 'string', query, { op: 'lexical', name: 'query', rule: 'a string' });
    return this.#tenants.get(search.tenant)?.lexical(query, search) ?? [];
  }

  async nearest(vector: Float32Array, options: StoreSearchOptions = {}): Promise<readonly Found[]> {
    const search = searchOf('nearest', options);
    return (await this.#tenants.get(search.tenant)?.nearest(vector, search)) ?? [];
  }
}

interface Search {
  readonly tenant: string;
  readonly k: number;
  readonly accept: ((metadata: Metadata) => boolean) | undefined;
}

/** The documents of one tenant. */
class Partition {
  readonly #documents = new Map<string, StoredDocument>();
  readonly #chunks = new Map<string, Chunk>();
  /** What filters see of each document. */
  readonly #facts = new Map<string, Metadata>();
  readonly #words: BM25Index;
  readonly #headingWeight: number;
  #vectors: VectorIndex | undefined;

  constructor(options: BM25Options, headingWeight: number) {
    this.#words = new BM25Index(options);
    this.#headingWeight = headingWeight;
  }

  put(stored: StoredDocument): void {
    const { document, chunks, vectors } = stored;
    const length = vectors?.[0]?.length;
    if (length !== undefined) this.#checkLength(length);
    this.remove(document.id);
    this.#documents.set(document.id, stored);
    this.#facts.set(document.id, { source: document.source, title: document.title, ...document.metadata });
    for (const [index, chunk] of chunks.entries()) {
      this.#chunks.set(chunk.id, chunk);
      this.#words.add(chunk.id, [
        { text: chunk.path.join('\n'), weight: this.#headingWeight },
        { text: chunk.text, weight: 1 },
      ]);
      const vector = vectors?.[index];
      if (vector !== undefined) (this.#vectors ??= new VectorIndex(vector.length)).add(chunk.id, vector);
    }
  }

  remove(id: string): boolean {
    for (const { id: chunk } of this.#documents.get(id)?.chunks ?? []) {
      this.#chunks.delete(chunk);
      this.#words.remove(chunk);
      this.#vectors?.remove(chunk);
    }
    this.#facts.delete(id);
    return this.#documents.delete(id);
  }

  get(id: string): StoredDocument | undefined {
    return this.#documents.get(id);
  }

  list(): readonly ListedDocument[] {
    const all = [...this.#documents.values()].map(({ document: { id, source, hash } }) => ({ id, source, hash }));
    return all.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  rarity(term: string): number {
    return this.#words.rarity(term);
  }

  lexical(query: string, { k, accept }: Search): Found[] {
    return this.#found(this.#words.search(query, { k, accept: this.#acceptChunk(accept) }));
  }

  async nearest(vector: Float32Array, { k, accept }: Search): Promise<Found[]> {
    if (this.#vectors === undefined || this.#vectors.size === 0) return [];
    return this.#found(await this.#vectors.search(vector, { k, accept: this.#acceptChunk(accept) }));
  }

  #acceptChunk(accept: Search['accept']): ((id: string) => boolean) | undefined {
    if (accept === undefined) return undefined;
    return (id) => accept(this.#facts.get(this.#chunks.get(id)!.document)!);
  }

  #found(hits: readonly { readonly id: string; readonly score: number }[]): Found[] {
    // A chunk may be gone by the time a search is done.
    return hits.flatMap(({ id, score }) => {
      const chunk = this.#chunks.get(id);
      return chunk === undefined ? [] : [{ chunk, score }];
    });
  }

  #checkLength(length: number): void {
    const known = this.#vectors?.size === 0 ? undefined : this.#vectors?.dimensions;
    if (known === undefined) this.#vectors = undefined;
    const rule = `${known}, as those stored before; vectors of two models do not compare`;
    checkArgument(known === undefined || known === length, length, { op: 'put', name: 'the length of vectors', rule });
  }
}

function tenantOf(op: string, options: TenantOptions): string {
  checkOptionNames(op, options, ['tenant']);
  return checkTenant(op, options.tenant);
}

function checkTenant(op: string, tenant = ''): string {
  checkArgument(typeof tenant === 'string', tenant, { op, name: 'tenant', rule: 'a name' });
  return tenant;
}

function searchOf(op: string, options: StoreSearchOptions): Search {
  checkOptionNames(op, options, ['k', 'filter', 'tenant']);
  const { k = 10, filter } = options;
  checkArgument(Number.isSafeInteger(k) && k >= 1, k, { op, name: 'k', rule: 'a whole number of at least 1' });
  const accept = filter === undefined ? undefined : compileFilter(op, filter);
  return { tenant: checkTenant(op, options.tenant), k, accept };
}

/** What is stored must be what it says: a citation is worth as much. */
function checkStored({ document, chunks, vectors }: StoredDocument): void {
  checkMetadata('put', document.metadata);
  for (const { id, document: owner, start, end, text } of chunks) {
    const fits = owner === document.id && document.raw.slice(start, end) === text;
    checkArgument(fits, id, { op: 'put', name: 'a chunk', rule: `a piece of '${document.id}' at its offsets` });
  }
  const fits = vectors === undefined || vectors.length === chunks.length;
  checkArgument(fits, vectors?.length, {
    op: 'put',
    name: 'the number of vectors',
    rule: `${chunks.length}, one per chunk`,
  });
  const lengths = new Set(vectors?.map(({ length }) => length));
  checkArgument(lengths.size <= 1, [...lengths], { op: 'put', name: 'the length of vectors', rule: 'one for all' });
}

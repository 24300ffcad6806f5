import type { Embedder } from '@gai/providers';
import type { Document } from '../documents/document.ts';
import { chunkDocument } from '../split/chunk-document.ts';
import type { ParsedDocument, Splitter } from '../split/splitter.ts';
import type { ListedDocument, Store } from '../store/store.ts';

/** How documents are taken in. */
export interface IntakeOptions {
  /** How documents become chunks. Default {@link structureSplitter}. */
  readonly splitter?: Splitter | undefined;
  /** Gives each chunk a vector. Default: none, and searches are by words. */
  readonly embedder?: Embedder | undefined;
  /** Whose documents they are. Default: nobody's. */
  readonly tenant?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Puts documents into a store where they are new or changed, and counts. */
export class Intake {
  readonly counts = { added: 0, updated: 0, unchanged: 0, duplicates: 0, chunks: 0 };
  readonly #store: Store;
  readonly #options: IntakeOptions;
  readonly #known: Map<string, ListedDocument>;
  /** The document that holds a text. */
  readonly #holders = new Map<string, string>();
  readonly #bySource = new Map<string, Set<string>>();

  private constructor(store: Store, options: IntakeOptions, known: readonly ListedDocument[]) {
    this.#store = store;
    this.#options = options;
    this.#known = new Map(known.map((each) => [each.id, each]));
    for (const each of known) this.#hold(each);
  }

  static async open(store: Store, options: IntakeOptions): Promise<Intake> {
    return new Intake(store, options, await store.list({ tenant: options.tenant }));
  }

  /** Takes all documents of one source; those it had before and has no more are removed. */
  async take(source: string, documents: readonly ParsedDocument[]): Promise<void> {
    const ids = new Set(documents.map(({ document }) => document.id));
    for (const id of this.#bySource.get(source) ?? []) if (!ids.has(id)) await this.#remove(id);
    for (const parsed of documents) await this.#take(parsed);
  }

  /** Removes documents whose source lies at or below `root` and was not seen; returns how many. */
  async removeMissing(root: string, seen: ReadonlySet<string>): Promise<number> {
    const below = root.replaceAll('\\', '/').replace(/\/+$/u, '');
    let count = 0;
    for (const { id, source } of this.#known.values()) {
      const isBelow = below === '.' ? !source.startsWith('/') : source === below || source.startsWith(`${below}/`);
      if (!isBelow || seen.has(source)) continue;
      await this.#remove(id);
      count++;
    }
    return count;
  }

  async #take(parsed: ParsedDocument): Promise<void> {
    const { document } = parsed;
    const { tenant } = this.#options;
    const known = this.#known.get(document.id);
    if (known?.hash === document.hash) {
      const stored = await this.#store.get(document.id, { tenant });
      if (stored !== undefined && isSame(stored.document, document)) {
        this.counts.unchanged++;
        return;
      }
    }
    const holder = this.#holders.get(document.hash);
    if (holder !== undefined && holder !== document.id) {
      if (known !== undefined) await this.#remove(document.id);
      this.counts.duplicates++;
      return;
    }
    if (known !== undefined) this.#holders.delete(known.hash);
    await this.#put(parsed);
    this.counts[known === undefined ? 'added' : 'updated']++;
    this.#known.set(document.id, document);
    this.#hold(document);
  }

  async #put(parsed: ParsedDocument): Promise<void> {
    const { splitter, embedder, tenant, signal } = this.#options;
    const { document } = parsed;
    const chunks = chunkDocument(parsed, { splitter });
    const texts = chunks.map(({ path, text }) => `${path.join(' › ')}\n\n${text}`);
    const vectors = embedder === undefined ? undefined : (await embedder.embed(texts, { signal })).vectors;
    await this.#store.put({ document, chunks, vectors }, { tenant });
    this.counts.chunks += chunks.length;
  }

  async #remove(id: string): Promise<void> {
    const known = this.#known.get(id);
    if (known === undefined) return;
    await this.#store.remove(id, { tenant: this.#options.tenant });
    this.#known.delete(id);
    this.#bySource.get(known.source)?.delete(id);
    if (this.#holders.get(known.hash) === id) this.#holders.delete(known.hash);
  }

  #hold({ id, source, hash }: ListedDocument): void {
    this.#holders.set(hash, id);
    const ids = this.#bySource.get(source) ?? new Set();
    this.#bySource.set(source, ids.add(id));
  }
}

/** Whether nothing else has changed either. */
function isSame(a: Document, b: Document): boolean {
  const [facts, others] = [Object.entries(a.metadata), Object.entries(b.metadata)];
  const isEqual = facts.length === others.length && facts.every(([key, value]) => b.metadata[key] === value);
  return a.title === b.title && a.source === b.source && isEqual;
}

import { ArgumentError } from '@gai/core/errors';
import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Embedder } from '@gai/providers';
import type { Chunk } from '../documents/document.ts';
import type { Found, Store, StoreSearchOptions } from '../store/store.ts';
import { diversify } from './diversify.ts';
import { fuse } from './fuse.ts';
import type { Candidate, FusionWeights, StageScores } from './fuse.ts';

/**
 * Settings of {@link retrieve}.
 * @category Retrieval
 */
export interface RetrieveOptions extends StoreSearchOptions {
  /** By words, by vectors, or by both. Default `hybrid` with an embedder, else `lexical`. */
  readonly mode?: 'lexical' | 'vector' | 'hybrid' | undefined;
  /** Turns the query into a vector; the one that made the stored vectors. */
  readonly embedder?: Embedder | undefined;
  /** How two lists become one: by their scores, or by ranks (reciprocal rank fusion). Default `weighted`. */
  readonly fusion?: 'weighted' | 'rrf' | undefined;
  /** How much each list counts. Default 0.7 lexical and 0.3 vector: a weak embedder does little harm. */
  readonly weights?: FusionWeights | undefined;
  /** So many chunks of each list are looked at. Default 100, at least `k`. */
  readonly candidates?: number | undefined;
  /** From 0 to 1: how much relevance counts beside variety (maximal marginal relevance). Default 1: variety does not count. */
  readonly mmr?: number | undefined;
  /** So many chunks before and behind a hit belong to its context. Default 0. */
  readonly neighbours?: number | undefined;
  /** Stops the embedder. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A chunk that was retrieved, and why.
 * @category Retrieval
 */
export interface Retrieved {
  readonly chunk: Chunk;
  /** Of the last stage. */
  readonly score: number;
  /** Of every stage that saw it. */
  readonly scores: Readonly<StageScores>;
  /** The chunk and its neighbours, a piece of the raw text of the document. */
  readonly context: { readonly start: number; readonly end: number; readonly text: string };
}

/** Names of {@link RetrieveOptions}. */
export const RETRIEVE_OPTIONS: readonly string[] =
  'mode embedder fusion weights candidates mmr neighbours signal k filter tenant'.split(' ');

/**
 * The chunks of a store that a query asks for, best first, with the score of every stage: words, vectors, both together, variety.
 * @throws {@link ArgumentError} for settings out of range, and for vectors without an embedder.
 * @example
 * const { documents } = await parseDocuments('# Tea\n\nBoil water.\n\n# Coffee\n\nGrind beans.', { source: 'drinks.md' });
 * const store = memoryStore();
 * await store.put({ document: documents[0]!.document, chunks: chunkDocument(documents[0]!) });
 * const [best] = await retrieve(store, 'How are beans ground?', { k: 1 });
 * best!.chunk.text; // => 'Grind beans.'
 * Object.keys(best!.scores); // => ['lexical']
 * @category Retrieval
 */
export async function retrieve(
  store: Store,
  query: string,
  options: RetrieveOptions = {},
): Promise<readonly Retrieved[]> {
  checkOptionNames('retrieve', options, RETRIEVE_OPTIONS);
  const settings = read(query, options);
  const found = await candidatesOf(store, query, settings);
  const { k, mmr } = settings;
  const chosen = mmr < 1 ? diversify(found, k, mmr, store.analyzer) : found.slice(0, k);
  return Promise.all(chosen.map((candidate) => withContext(store, candidate, settings)));
}

type Settings = ReturnType<typeof read>;

function read(query: string, options: RetrieveOptions) {
  const { embedder, k = 10, mmr = 1, neighbours = 0, fusion = 'weighted' } = options;
  const { mode = embedder === undefined ? 'lexical' : 'hybrid', weights = { lexical: 0.7, vector: 0.3 } } = options;
  const { candidates = Math.max(100, k) } = options;
  const check = (fits: boolean, name: string, value: unknown, rule: string): void =>
    checkArgument(fits, value, { op: 'retrieve', name, rule });
  const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  check(typeof query === 'string', 'query', query, 'a string');
  check(['lexical', 'vector', 'hybrid'].includes(mode), 'mode', mode, "'lexical', 'vector' or 'hybrid'");
  check(fusion === 'weighted' || fusion === 'rrf', 'fusion', fusion, "'weighted' or 'rrf'");
  check(isCount(k, 1), 'k', k, 'a whole number of at least 1');
  check(isCount(candidates, k), 'candidates', candidates, `a whole number of at least k (${k})`);
  check(isCount(neighbours, 0), 'neighbours', neighbours, 'a whole number of at least 0');
  check(mmr >= 0 && mmr <= 1, 'mmr', mmr, 'a number from 0 to 1');
  const isWeight = (weight: unknown): boolean => typeof weight === 'number' && Number.isFinite(weight) && weight >= 0;
  const fits = isWeight(weights?.lexical) && isWeight(weights.vector) && weights.lexical + weights.vector > 0;
  check(fits, 'weights', weights, '{ lexical, vector }, numbers of at least 0 that are not both 0');
  if (mode !== 'lexical' && embedder === undefined) {
    throw new ArgumentError(
      `retrieve: no embedder. Got the mode '${mode}'; expected an embedder with it. Give the one that made the vectors.`,
      {
        op: 'retrieve',
      },
    );
  }
  const { filter, tenant, signal } = options;
  return { embedder, k, mmr, neighbours, fusion, mode, weights, candidates, filter, tenant, signal };
}

async function candidatesOf(store: Store, query: string, settings: Settings): Promise<Candidate[]> {
  const { mode, candidates, filter, tenant } = settings;
  const search = { k: candidates, filter, tenant };
  const lexical = mode === 'vector' ? [] : await store.lexical(query, search);
  if (mode === 'lexical') return alone('lexical', lexical);
  const { embedder, signal } = settings;
  const { vectors } = await embedder!.embed([query], { purpose: 'query', signal });
  const vector = await store.nearest(vectors[0]!, search);
  return mode === 'vector' ? alone('vector', vector) : fuse(lexical, vector, settings);
}

const alone = (stage: 'lexical' | 'vector', found: readonly Found[]): Candidate[] =>
  found.map(({ chunk, score }) => ({ chunk, score, scores: { [stage]: score } }));

async function withContext(store: Store, { chunk, score, scores }: Candidate, settings: Settings): Promise<Retrieved> {
  const { neighbours, tenant } = settings;
  const { start, end, text } = chunk;
  const stored = neighbours === 0 ? undefined : await store.get(chunk.document, { tenant });
  if (stored === undefined) return { chunk, score, scores, context: { start, end, text } };
  const place = stored.chunks.findIndex(({ id }) => id === chunk.id);
  const around = stored.chunks.slice(Math.max(0, place - neighbours), place + neighbours + 1);
  const from = Math.min(...around.map((each) => each.start), start);
  const to = Math.max(...around.map((each) => each.end), end);
  return { chunk, score, scores, context: { start: from, end: to, text: stored.document.raw.slice(from, to) } };
}

import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Document } from '../documents/document.ts';
import { RETRIEVE_OPTIONS, retrieve } from '../retrieve/retrieve.ts';
import type { Retrieved, RetrieveOptions } from '../retrieve/retrieve.ts';
import { sentencesOf } from '../split/pieces.ts';
import type { Range } from '../split/words.ts';
import type { Store } from '../store/store.ts';

/**
 * The exact characters of a document that an answer comes from.
 * @category Answers
 */
export interface Citation {
  /** The `id` of the document. */
  readonly document: string;
  /** Where the quote begins in `document.raw`, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** `document.raw.slice(start, end)`. */
  readonly quote: string;
}

/**
 * Settings of {@link ask}.
 * @category Answers
 */
export interface AskOptions extends RetrieveOptions {
  /** Below this support there is no answer, 0 to 1. Default 0.5. */
  readonly minSupport?: number | undefined;
  /** Most sentences of an answer. Default 3. */
  readonly maxSentences?: number | undefined;
}

/**
 * Why an answer is what it is.
 * @category Answers
 */
export interface AskTrace {
  /** What was retrieved, best first, with the scores of each stage. */
  readonly retrieved: readonly Retrieved[];
  /** The terms of the question, how rare each is, and whether the passage has it. */
  readonly terms: readonly { readonly term: string; readonly rarity: number; readonly found: boolean }[];
}

/**
 * What {@link ask} returns.
 * @category Answers
 */
export interface Answer {
  /** Sentences of the best passage, word by word; empty where there is no answer. */
  readonly answer: string;
  /** One per sentence of the answer, in its order. */
  readonly citations: readonly Citation[];
  /** True where the documents do not say. */
  readonly abstained: boolean;
  /** How much of the question the passage speaks of: the share of its words, rare ones counting more, 0 to 1. */
  readonly support: number;
  readonly trace: AskTrace;
}

/** A sentence that says less than this share of what the best says is left out. */
const SHARE = 0.5;

/**
 * Answers a question with sentences of the documents, each with the exact place it comes from, or says that they do not say.
 *
 * Needs no language model: the answer is the best passage's sentences that speak of most of the question. There is none where the passage
 * lacks too many of the question's rare words. Whether what is quoted is an answer, it cannot know.
 * @throws {@link ArgumentError} for settings out of range.
 * @example
 * const text = '# Tea\n\nTea is old. Green tea needs 80 degrees. Drink it hot.';
 * const { documents } = await parseDocuments(text, { source: 'tea.md' });
 * const store = memoryStore();
 * await store.put({ document: documents[0]!.document, chunks: chunkDocument(documents[0]!) });
 * const { answer, citations } = await ask(store, 'How many degrees does green tea need?');
 * answer; // => 'Green tea needs 80 degrees.'
 * text.slice(citations[0]!.start, citations[0]!.end) === answer; // => true
 * (await ask(store, 'Who won the football match?')).abstained; // => true
 * @category Answers
 */
export async function ask(store: Store, question: string, options: AskOptions = {}): Promise<Answer> {
  const { minSupport, maxSentences, search } = read(options);
  const { tenant } = search;
  const retrieved = await retrieve(store, question, { k: 5, ...search });
  const rarities = await store.rarity([...new Set(store.analyzer.terms(question))], { tenant });
  const [best] = retrieved;
  const passage = best === undefined ? '' : `${best.chunk.path.join('\n')}\n${best.context.text}`;
  const known = new Set(store.analyzer.terms(passage));
  const terms = [...rarities].map(([term, rarity]) => ({ term, rarity, found: known.has(term) }));
  const support = supportOf(terms);
  const trace = { retrieved, terms };
  const stored = best === undefined ? undefined : await store.get(best.chunk.document, { tenant });
  if (best === undefined || stored === undefined || support < minSupport) {
    return { answer: '', citations: [], abstained: true, support, trace };
  }
  const weigh = (text: string): number =>
    sum([...new Set(store.analyzer.terms(text))].map((term) => rarities.get(term) ?? 0));
  const citations = choose(stored.document, best.context, weigh).slice(0, maxSentences);
  citations.sort((a, b) => a.start - b.start);
  const answer = citations.map(({ quote }) => quote.replaceAll(/\s+/gu, ' ')).join(' ');
  return { answer, citations, abstained: false, support, trace };
}

function read(options: AskOptions) {
  const op = 'ask';
  checkOptionNames(op, options, [...RETRIEVE_OPTIONS, 'minSupport', 'maxSentences']);
  const { minSupport = 0.5, maxSentences = 3, ...search } = options;
  const isShare = minSupport >= 0 && minSupport <= 1;
  checkArgument(isShare, minSupport, { op, name: 'minSupport', rule: 'a number from 0 to 1' });
  const isCount = Number.isSafeInteger(maxSentences) && maxSentences >= 1;
  checkArgument(isCount, maxSentences, { op, name: 'maxSentences', rule: 'a whole number of at least 1' });
  return { minSupport, maxSentences, search };
}

/** Every word counts 1 and its rarity: in a few documents, where rarities say little, words count alike. */
function supportOf(terms: AskTrace['terms']): number {
  const total = sum(terms.map(({ rarity }) => 1 + rarity));
  return total === 0 ? 0 : sum(terms.map(({ rarity, found }) => (found ? 1 + rarity : 0))) / total;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The sentences that say most, best first; the first where none says anything, as under a heading that says all. */
function choose({ id, raw }: Document, range: Range, weigh: (text: string) => number): Citation[] {
  const sentences = sentencesOf(raw, range).map(({ start, end }) => {
    const quote = raw.slice(start, end);
    return { citation: { document: id, start, end, quote }, weight: weigh(quote) };
  });
  const most = Math.max(...sentences.map(({ weight }) => weight));
  if (most <= 0) return sentences.slice(0, 1).map(({ citation }) => citation);
  return sentences
    .filter(({ weight }) => weight >= most * SHARE)
    .sort((a, b) => b.weight - a.weight || a.citation.start - b.citation.start)
    .map(({ citation }) => citation);
}

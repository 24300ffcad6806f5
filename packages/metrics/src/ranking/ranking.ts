import { checkNumberOption, refused } from '../refused.ts';

/**
 * What one query found: documents in order, best first, or documents with scores, of which the higher is better.
 *
 * Documents of equal score stand in falling order of their names, as trec_eval has them.
 * @category Ranking
 */
export type Ranking = readonly string[] | ReadonlyMap<string, number> | Readonly<Record<string, number>>;

/**
 * How relevant documents are to one query: 0 is not, 1 and more is. What is not listed counts as 0.
 * @category Ranking
 */
export type Judgments = ReadonlyMap<string, number> | Readonly<Record<string, number>>;

/**
 * Settings of the measures of one ranking.
 * @category Ranking
 */
export interface RankingOptions {
  /** How many documents from the top count. Default: all. */
  readonly at?: number | undefined;
  /** The least level that counts as relevant. Default 1. */
  readonly relevanceLevel?: number | undefined;
}

/** Names of {@link RankingOptions}. */
export const RANKING_OPTIONS: readonly string[] = ['at', 'relevanceLevel'];

/** A ranking as levels of relevance from the top, and the levels of everything judged. */
export interface Judged {
  readonly levels: readonly number[];
  readonly all: readonly number[];
  /** How many are relevant. */
  readonly relevant: number;
  readonly isRelevant: (level: number) => boolean;
}

/** Puts a ranking beside its judgments, cut at `at`. */
export function judge(op: string, ranking: Ranking, judgments: Judgments, options: RankingOptions): Judged {
  checkNumberOption(op, 'at', options.at, { min: 1, whole: true });
  checkNumberOption(op, 'relevanceLevel', options.relevanceLevel, { above: 0 });
  const { at = Infinity, relevanceLevel = 1 } = options;
  const known = numbersOf(op, 'judgments', judgments);
  const isRelevant = (level: number): boolean => level >= relevanceLevel;
  const levels = order(op, ranking)
    .slice(0, at)
    .map((document) => known.get(document) ?? 0);
  const all = [...known.values()];
  return { levels, all, relevant: all.filter(isRelevant).length, isRelevant };
}

/** Documents, best first. */
function order(op: string, ranking: Ranking): readonly string[] {
  if (Array.isArray(ranking)) {
    const odd = ranking.findIndex((document) => typeof document !== 'string');
    if (odd >= 0) throw refused(op, `ranking[${odd}] is no document`, ranking[odd], 'its name, a string');
    const seen = new Set<string>();
    for (const document of ranking) {
      if (seen.has(document)) throw refused(op, 'a document stands twice in the ranking', document, 'each once');
      seen.add(document);
    }
    return ranking;
  }
  const scores = [...numbersOf(op, 'ranking', ranking as Exclude<Ranking, readonly string[]>)];
  return scores.sort(([a, x], [b, y]) => y - x || byName(b, a)).map(([document]) => document);
}

function numbersOf(op: string, name: string, given: Judgments): ReadonlyMap<string, number> {
  if (typeof given !== 'object' || given === null) {
    const expected = name === 'ranking' ? 'a list of documents, or a score for each' : 'a level for each document';
    throw refused(op, `no ${name}`, given, expected);
  }
  const fits = name === 'judgments' ? Number.isFinite : (value: number) => !Number.isNaN(value);
  const numbers: ReadonlyMap<string, number> = given instanceof Map ? given : new Map(Object.entries(given));
  for (const [document, value] of numbers) {
    if (typeof document !== 'string') throw refused(op, `${name} name no document`, document, 'its name, a string');
    if (typeof value !== 'number' || !fits(value)) {
      throw refused(op, `${name} of '${document.slice(0, 40)}' is no number`, value, 'a number');
    }
  }
  return numbers;
}

/** By code points, as the bytes of UTF-8 sort; a string's own order puts what lies above U+FFFF too low. */
function byName(a: string, b: string): number {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  // Back to the start of a pair that begins alike.
  if (at > 0 && (isLow(a, at) || isLow(b, at))) at--;
  return (a.codePointAt(at) ?? -1) - (b.codePointAt(at) ?? -1);
}

const isLow = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
};

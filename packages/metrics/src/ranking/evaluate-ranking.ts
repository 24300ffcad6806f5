import { checkOptionNames, nearestName } from '@gai/core/errors';
import { checkNumberOption, refused } from '../refused.ts';
import { averagePrecision } from './average-precision.ts';
import { ndcg } from './ndcg.ts';
import { precision } from './precision.ts';
import { rPrecision } from './r-precision.ts';
import type { Judgments, Ranking, RankingOptions } from './ranking.ts';
import { recall } from './recall.ts';
import { reciprocalRank } from './reciprocal-rank.ts';
import { success } from './success.ts';

/** Names of measures; `@k` cuts the ranking. */
type Measured = 'ndcg' | 'map' | 'mrr' | 'precision' | 'recall' | 'success' | 'rprec';

/**
 * A measure of {@link evaluateRanking}: its name, and behind `@` how many documents from the top count.
 * @category Ranking
 */
export type RankingMeasure = Measured | `${Exclude<Measured, 'rprec'>}@${number}`;

/**
 * Settings of {@link evaluateRanking}.
 * @category Ranking
 */
export interface EvaluateRankingOptions {
  /** Default `['ndcg@10', 'map', 'mrr', 'recall@100']`. */
  readonly measures?: readonly RankingMeasure[] | undefined;
  /** The least level that counts as relevant; nDCG takes levels as they are. Default 1. */
  readonly relevanceLevel?: number | undefined;
  /**
   * What a judged query that was not asked counts: `zero`, or nothing (`skip`), which flatters a system that finds nothing
   * for hard queries. Default `zero`, which is `trec_eval -c`; without that flag trec_eval skips.
   */
  readonly missing?: 'zero' | 'skip' | undefined;
}

/**
 * What {@link evaluateRanking} returns.
 * @category Ranking
 */
export interface RankingEvaluation {
  /** The mean of each measure over the queries. */
  readonly means: Readonly<Record<string, number>>;
  /** Each query's own, for intervals by {@link bootstrap} and comparisons by {@link pairedBootstrap}. */
  readonly byQuery: ReadonlyMap<string, Readonly<Record<string, number>>>;
}

/** Rankings or judgments of queries by name. */
type ByQuery<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

const MEASURES: Readonly<
  Record<Measured, (ranking: Ranking, judgments: Judgments, options: RankingOptions) => number>
> = {
  ndcg: (ranking, judgments, { at }) => ndcg(ranking, judgments, { at }),
  map: averagePrecision,
  mrr: reciprocalRank,
  precision,
  recall,
  success,
  rprec: (ranking, judgments, { relevanceLevel }) => rPrecision(ranking, judgments, { relevanceLevel }),
};

/**
 * Measures of a whole run of queries against judgments, by trec_eval's definitions.
 *
 * Queries without a judgment are left out; a judged query that was not asked counts 0 (see `missing`).
 * @param run - What each query found.
 * @param judgments - How relevant documents are to each query; `parseQrels` reads TREC's files.
 * @throws {@link ArgumentError} for measures of other names, options out of range and a run without a judged query.
 * @example
 * import { evaluateRanking } from '@gai/metrics';
 * const run = { q1: ['d2', 'd1'], q2: ['d9'] };
 * const { means } = evaluateRanking(run, { q1: { d1: 1 }, q2: { d9: 1 } }, { measures: ['mrr', 'recall@1'] });
 * means; // => { mrr: 0.75, 'recall@1': 0.5 }
 * @see https://github.com/usnistgov/trec_eval
 * @category Ranking
 */
export function evaluateRanking(
  run: ByQuery<Ranking>,
  judgments: ByQuery<Judgments>,
  options: EvaluateRankingOptions = {},
): RankingEvaluation {
  checkOptionNames('evaluateRanking', options, ['measures', 'relevanceLevel', 'missing']);
  checkNumberOption('evaluateRanking', 'relevanceLevel', options.relevanceLevel, { above: 0 });
  const { missing = 'zero', relevanceLevel, measures = ['ndcg@10', 'map', 'mrr', 'recall@100'] } = options;
  if (missing !== 'zero' && missing !== 'skip') {
    throw refused('evaluateRanking', 'missing does not fit', missing, "'zero' or 'skip'");
  }
  if (!Array.isArray(measures) || measures.length === 0) {
    throw refused('evaluateRanking', 'there are no measures', measures, 'a list of at least one');
  }
  const wanted = measures.map((name) => [name, measureOf(name, relevanceLevel)] as const);
  const asked = mapOf('run', run);
  const byQuery = new Map<string, Record<string, number>>();
  for (const [query, relevance] of mapOf('judgments', judgments)) {
    if (missing === 'skip' && !asked.has(query)) continue;
    const ranking = asked.has(query) ? asked.get(query)! : [];
    byQuery.set(query, Object.fromEntries(wanted.map(([name, measure]) => [name, measure(ranking, relevance)])));
  }
  const isStrange = asked.size > 0 && [...byQuery.keys()].every((query) => !asked.has(query));
  if (byQuery.size === 0 || isStrange) {
    throw refused('evaluateRanking', 'no query is judged', run, 'queries that judgments know');
  }
  const rows = [...byQuery.values()];
  const mean = (name: string): number => rows.reduce((sum, row) => sum + row[name]!, 0) / rows.length;
  return { means: Object.fromEntries(measures.map((name) => [name, mean(name)])), byQuery };
}

function measureOf(name: string, relevanceLevel: number | undefined): (ranking: Ranking, judged: Judgments) => number {
  const [kind = '', cut] = String(name).split('@');
  const at = cut === undefined ? undefined : Number(cut);
  const isCut = cut === undefined || (/^[1-9]\d{0,8}$/u.test(cut) && kind !== 'rprec');
  if (!Object.hasOwn(MEASURES, kind) || !isCut || String(name).split('@').length > 2) {
    const near = nearestName(kind, Object.keys(MEASURES));
    const remedy = near === undefined || near === kind ? '' : `; did you mean '${near}'?`;
    throw refused(
      'evaluateRanking',
      'no such measure',
      name,
      `${Object.keys(MEASURES).join(', ')}, or ndcg@10${remedy}`,
    );
  }
  return (ranking, judged) => MEASURES[kind as Measured](ranking, judged, { at, relevanceLevel });
}

function mapOf<T>(name: string, given: ByQuery<T>): ReadonlyMap<string, T> {
  if (typeof given !== 'object' || given === null) {
    throw refused('evaluateRanking', `${name} is missing`, given, 'an entry for each query');
  }
  return given instanceof Map ? given : new Map(Object.entries(given));
}

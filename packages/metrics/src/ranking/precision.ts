import { checkOptionNames } from '@gai/core/errors';
import { judge, RANKING_OPTIONS, type Judgments, type Ranking, type RankingOptions } from './ranking.ts';

/**
 * How many of the first `at` documents are relevant, as a share of `at`, however few were found.
 * @param options.at - Default: as many as were found.
 * @returns 0 where nothing was found.
 * @throws {@link ArgumentError} for a document that stands twice and options out of range.
 * @example
 * import { precision } from '@gai/metrics';
 * precision(['d1', 'd3'], { d1: 1, d2: 1 }, { at: 5 }); // => 0.2
 * @category Ranking
 */
export function precision(ranking: Ranking, judgments: Judgments, options: RankingOptions = {}): number {
  checkOptionNames('precision', options, RANKING_OPTIONS);
  const { levels, isRelevant } = judge('precision', ranking, judgments, options);
  const { at = levels.length } = options;
  return at === 0 ? 0 : levels.filter(isRelevant).length / at;
}

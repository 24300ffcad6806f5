import { checkOptionNames } from '@gai/core/errors';
import { judge, RANKING_OPTIONS, type Judgments, type Ranking, type RankingOptions } from './ranking.ts';

/**
 * Whether any of the first `at` documents is relevant: 1 or 0. Its mean over queries is also called the hit rate.
 * @throws {@link ArgumentError} for a document that stands twice and options out of range.
 * @example
 * import { success } from '@gai/metrics';
 * success(['d3', 'd1'], { d1: 1 }, { at: 1 }); // => 0
 * @category Ranking
 */
export function success(ranking: Ranking, judgments: Judgments, options: RankingOptions = {}): number {
  checkOptionNames('success', options, RANKING_OPTIONS);
  const { levels, isRelevant } = judge('success', ranking, judgments, options);
  return levels.some(isRelevant) ? 1 : 0;
}

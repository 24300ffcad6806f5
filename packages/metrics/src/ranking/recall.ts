import { checkOptionNames } from '@gai/core/errors';
import { judge, RANKING_OPTIONS, type Judgments, type Ranking, type RankingOptions } from './ranking.ts';

/**
 * How many of the relevant documents are among the first `at`; 0 where none is relevant.
 * @throws {@link ArgumentError} for a document that stands twice and options out of range.
 * @example
 * import { recall } from '@gai/metrics';
 * recall(['d1', 'd3'], { d1: 1, d2: 1 }, { at: 2 }); // => 0.5
 * @category Ranking
 */
export function recall(ranking: Ranking, judgments: Judgments, options: RankingOptions = {}): number {
  checkOptionNames('recall', options, RANKING_OPTIONS);
  const { levels, relevant, isRelevant } = judge('recall', ranking, judgments, options);
  return relevant === 0 ? 0 : levels.filter(isRelevant).length / relevant;
}

import { checkOptionNames } from '@gai/core/errors';
import { judge, RANKING_OPTIONS, type Judgments, type Ranking, type RankingOptions } from './ranking.ts';

/**
 * `1 / rank` of the first relevant document; 0 where none is found. Its mean over queries is MRR.
 * @throws {@link ArgumentError} for a document that stands twice and options out of range.
 * @example
 * import { reciprocalRank } from '@gai/metrics';
 * reciprocalRank(['d3', 'd1'], { d1: 1 }); // => 0.5
 * @category Ranking
 */
export function reciprocalRank(ranking: Ranking, judgments: Judgments, options: RankingOptions = {}): number {
  checkOptionNames('reciprocalRank', options, RANKING_OPTIONS);
  const { levels, isRelevant } = judge('reciprocalRank', ranking, judgments, options);
  const place = levels.findIndex(isRelevant);
  return place < 0 ? 0 : 1 / (place + 1);
}

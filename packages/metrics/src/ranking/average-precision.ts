import { checkOptionNames } from '@gai/core/errors';
import { judge, RANKING_OPTIONS, type Judgments, type Ranking, type RankingOptions } from './ranking.ts';

/**
 * Average precision: the sum of the precision at each relevant document found, divided by how many are relevant, found or
 * not; 0 where none is. Its mean over queries is MAP.
 * @throws {@link ArgumentError} for a document that stands twice and options out of range.
 * @example
 * import { averagePrecision } from '@gai/metrics';
 * averagePrecision(['d1', 'd3', 'd2'], { d1: 1, d2: 1 }).toFixed(4); // => '0.8333'
 * @category Ranking
 */
export function averagePrecision(ranking: Ranking, judgments: Judgments, options: RankingOptions = {}): number {
  checkOptionNames('averagePrecision', options, RANKING_OPTIONS);
  const { levels, relevant, isRelevant } = judge('averagePrecision', ranking, judgments, options);
  let found = 0;
  let sum = 0;
  for (const [place, level] of levels.entries()) if (isRelevant(level)) sum += ++found / (place + 1);
  return relevant === 0 ? 0 : sum / relevant;
}

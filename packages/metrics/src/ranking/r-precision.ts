import { checkOptionNames } from '@gai/core/errors';
import { judge, type Judgments, type Ranking } from './ranking.ts';

/**
 * Precision after as many documents as are relevant; 0 where none is.
 * @throws {@link ArgumentError} for a document that stands twice.
 * @example
 * import { rPrecision } from '@gai/metrics';
 * rPrecision(['d1', 'd3', 'd2'], { d1: 1, d2: 1 }); // => 0.5
 * @category Ranking
 */
export function rPrecision(
  ranking: Ranking,
  judgments: Judgments,
  options: { readonly relevanceLevel?: number | undefined } = {},
): number {
  checkOptionNames('rPrecision', options, ['relevanceLevel']);
  const { levels, relevant, isRelevant } = judge('rPrecision', ranking, judgments, options);
  return relevant === 0 ? 0 : levels.slice(0, relevant).filter(isRelevant).length / relevant;
}

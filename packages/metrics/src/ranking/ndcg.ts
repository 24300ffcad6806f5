import { checkOptionNames } from '@gai/core/errors';
import { judge, type Judgments, type Ranking } from './ranking.ts';

/**
 * Normalised discounted cumulative gain: `Σ level / log₂(rank + 1)` over the ranking, divided by the best that a ranking of
 * everything judged could have; 0 where nothing is relevant. The gain is the level itself, as in trec_eval, not `2^level − 1`.
 * @param options.at - Cuts both the ranking and the best one. Default: no cut.
 * @throws {@link ArgumentError} for a document that stands twice and a cut that is no whole number of at least 1.
 * @example
 * import { ndcg } from '@gai/metrics';
 * ndcg(['d3', 'd1', 'd2'], { d1: 2, d2: 1 }, { at: 10 }).toFixed(4); // => '0.6697'
 * @see Järvelin and Kekäläinen 2002, https://doi.org/10.1145/582415.582418
 * @category Ranking
 */
export function ndcg(
  ranking: Ranking,
  judgments: Judgments,
  options: { readonly at?: number | undefined } = {},
): number {
  checkOptionNames('ndcg', options, ['at']);
  const { levels, all } = judge('ndcg', ranking, judgments, options);
  const best = all
    .filter((level) => level > 0)
    .sort((a, b) => b - a)
    .slice(0, options.at ?? Infinity);
  return best.length === 0 ? 0 : gain(levels) / gain(best);
}

const gain = (levels: readonly number[]): number =>
  levels.reduce((sum, level, place) => (level > 0 ? sum + level / Math.log2(place + 2) : sum), 0);

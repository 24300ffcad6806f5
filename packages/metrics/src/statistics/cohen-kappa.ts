import { checkOptionNames } from '@gai/core/errors';
import { refused } from '../refused.ts';

/**
 * Settings of {@link cohenKappa}.
 * @category Statistics
 */
export interface CohenKappaOptions {
  /** How much a disagreement between numbers counts: all alike, by distance, or by its square. Default `none`. */
  readonly weights?: 'none' | 'linear' | 'quadratic' | undefined;
}

/**
 * Cohen's κ of two raters: `1 − observed disagreement / disagreement by chance`. 1 is full agreement, 0 what chance gives.
 *
 * With `weights` the labels are numbers in an order; the distance is between their places among the labels seen, as
 * scikit-learn counts it.
 * @param a - The first rater's label of each item.
 * @param b - The second rater's labels of the same items.
 * @throws {@link ArgumentError} for lists of unequal length, and where both raters give one and the same label throughout:
 *   κ is 0 / 0 then.
 * @example
 * import { cohenKappa } from '@gai/metrics';
 * cohenKappa(['good', 'bad', 'good', 'good'], ['good', 'bad', 'bad', 'good']); // => 0.5
 * @see Cohen 1960, https://doi.org/10.1177/001316446002000104
 * @category Statistics
 */
export function cohenKappa<T extends string | number | boolean>(
  a: readonly T[],
  b: readonly T[],
  options: CohenKappaOptions = {},
): number {
  checkOptionNames('cohenKappa', options, ['weights']);
  const { weights = 'none' } = options;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length || a.length === 0) {
    throw refused('cohenKappa', 'the labels do not fit', b, 'two lists of one length, with at least one label');
  }
  const labels = [...a, ...b];
  if (labels.some(Number.isNaN))
    throw refused('cohenKappa', 'a label is no number', Number.NaN, 'a label of each item');
  const distance = distances(labels, weights);
  let observed = 0;
  a.forEach((label, item) => (observed += distance(label, b[item]!)));
  let expected = 0;
  const counts = [countLabels(a), countLabels(b)] as const;
  for (const [left, first] of counts[0]) {
    for (const [right, second] of counts[1]) expected += (first * second * distance(left, right)) / a.length;
  }
  if (expected === 0) throw refused('cohenKappa', 'there is one label only', a[0], 'labels that differ somewhere');
  return 1 - observed / expected;
}

function countLabels<T>(labels: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function distances<T>(labels: readonly T[], weights: string): (a: T, b: T) => number {
  if (weights === 'none') return (a, b) => (a === b ? 0 : 1);
  if (weights !== 'linear' && weights !== 'quadratic') {
    throw refused('cohenKappa', 'no such weights', weights, 'none, linear or quadratic');
  }
  if (labels.some((label) => typeof label !== 'number')) {
    throw refused('cohenKappa', `weights '${weights}' need labels in an order`, labels, 'labels that are numbers');
  }
  const sorted = [...new Set(labels as readonly number[])].sort((x, y) => x - y);
  const places = new Map(sorted.map((label, place) => [label as T, place]));
  const power = weights === 'linear' ? 1 : 2;
  return (a, b) => Math.abs(places.get(a)! - places.get(b)!) ** power;
}

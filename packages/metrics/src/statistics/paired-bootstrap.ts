import { refused } from '../refused.ts';
import { bootstrap, type BootstrapInterval, type BootstrapOptions, checkBootstrap } from './bootstrap.ts';

/**
 * Whether one system is better than another on the same rows: the mean of `a − b` with its interval by {@link bootstrap}.
 *
 * An interval above 0 says that `a` is better. It is far narrower than the two systems' own intervals, because what makes a
 * query hard is hard for both.
 * @param a - A score for each row.
 * @param b - The other system's scores of the same rows, in the same order.
 * @throws {@link ArgumentError} for lists of unequal length, no rows and scores that are no finite numbers.
 * @example
 * import { pairedBootstrap } from '@gai/metrics';
 * const { estimate, low } = pairedBootstrap([0.5, 0.7, 0.6, 0.9], [0.4, 0.5, 0.5, 0.7]);
 * [estimate.toFixed(2), low > 0]; // => ['0.15', true]
 * @see Koehn 2004, https://aclanthology.org/W04-3250
 * @category Statistics
 */
export function pairedBootstrap(
  a: readonly number[],
  b: readonly number[],
  options: BootstrapOptions = {},
): BootstrapInterval {
  checkBootstrap('pairedBootstrap', options, a);
  if (!Array.isArray(b) || a.length !== b.length) {
    throw refused('pairedBootstrap', `${a.length} scores of a do not fit b`, b, `${a.length} scores of the same rows`);
  }
  for (const [name, scores] of Object.entries({ a, b })) {
    const row = scores.findIndex((score) => !Number.isFinite(score));
    if (row >= 0) throw refused('pairedBootstrap', `${name}[${row}] is no score`, scores[row], 'a finite number');
  }
  const differences = a.map((score, row) => score - b[row]!);
  return bootstrap(differences, options);
}

import { checkNumberOption } from '../refused.ts';
import { checkTexts } from '../texts.ts';
import { countNgrams, totalOf, words } from '../words.ts';

/**
 * distinct-n: how many of all n-grams of the texts are different, 0 to 1. A model that repeats itself has a low one.
 *
 * It falls with the length of the texts: compare texts of one length.
 * @param order - Words in an n-gram. Default 2.
 * @returns 0 where no text has so many words.
 * @throws {@link ArgumentError} for an order that is no whole number of at least 1.
 * @example
 * import { distinct } from '@gai/metrics';
 * distinct(['I do not know', 'I do not care'], 2).toFixed(3); // => '0.667'
 * @see Li et al. 2016, https://aclanthology.org/N16-1014
 * @category Text
 */
export function distinct(texts: readonly string[], order = 2): number {
  checkTexts('distinct', 'texts', texts);
  checkNumberOption('distinct', 'order', order, { min: 1, whole: true });
  const all = new Set<string>();
  let total = 0;
  for (const text of texts) {
    const counts = countNgrams(words(text), order);
    for (const ngram of counts.keys()) all.add(ngram);
    total += totalOf(counts);
  }
  return total === 0 ? 0 : all.size / total;
}

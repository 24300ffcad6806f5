import { checkText, listOf, type References } from '../texts.ts';
import { countNgrams, overlap, words } from '../words.ts';
import { fScore } from './rouge.ts';

const PUNCTUATION = /[!-/:-@[-`{-~]/gu;
/** Between signs that are no letters or digits, so that `“the”` loses it too. */
const ARTICLE = /(?<![\p{L}\p{N}])(?:an?|the)(?![\p{L}\p{N}])/gu;

/** Words of an answer in small letters, without ASCII punctuation and English articles, as SQuAD compares them. */
const normal = (text: string): string[] =>
  words(text.toLowerCase().replaceAll(PUNCTUATION, '').replaceAll(ARTICLE, ' '));

/**
 * Whether an answer is one of the right ones once case, ASCII punctuation, English articles and white space are ignored,
 * as SQuAD decides it: 1 or 0.
 * @param references - One right answer or several.
 * @throws {@link ArgumentError} for what is no text.
 * @example
 * import { exactMatch } from '@gai/metrics';
 * exactMatch('the Eiffel tower', ['Eiffel Tower.', 'Tour Eiffel']); // => 1
 * @see Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250
 * @category Text
 */
export function exactMatch(answer: string, references: References): number {
  checkText('exactMatch', 'answer', answer);
  const given = normal(answer).join(' ');
  return listOf('exactMatch', 'references', references).some((each) => normal(each).join(' ') === given) ? 1 : 0;
}

/**
 * F1 of the words that an answer and a right one share, order ignored, 0 to 1, as SQuAD counts it; the best of several
 * right answers counts. An empty answer is right where nothing is the right answer.
 * @param references - One right answer or several.
 * @throws {@link ArgumentError} for what is no text.
 * @example
 * import { tokenF1 } from '@gai/metrics';
 * tokenF1('in the year 1889', '1889'); // => 0.5
 * @see Rajpurkar et al. 2016, https://arxiv.org/abs/1606.05250
 * @category Text
 */
export function tokenF1(answer: string, references: References): number {
  checkText('tokenF1', 'answer', answer);
  const found = normal(answer);
  const scores = listOf('tokenF1', 'references', references).map((each) => {
    const wanted = normal(each);
    if (found.length === 0 || wanted.length === 0) return found.length === wanted.length ? 1 : 0;
    return fScore(overlap(countNgrams(found, 1), countNgrams(wanted, 1)), found.length, wanted.length).fmeasure;
  });
  return scores.reduce((best, next) => Math.max(best, next), 0);
}

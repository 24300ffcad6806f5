import { checkOptionNames } from '@gai/core/errors';
import { checkFunctionOption, checkedTokenizer, refused } from '../refused.ts';
import { checkText, listOf, type References } from '../texts.ts';
import { countNgrams, overlap, totalOf } from '../words.ts';
import { commonLength, commonPlaces } from './common-subsequence.ts';

/**
 * Kinds of ROUGE: `rouge1` to `rouge9` count n-grams, `rougeL` the longest common subsequence, `rougeLsum` the union of
 * those of every two sentences, where each sentence is a line.
 * @category Text
 */
export type RougeType = `rouge${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}` | 'rougeL' | 'rougeLsum';

/**
 * Settings of {@link rouge}.
 * @category Text
 */
export interface RougeOptions {
  /** Default `['rouge1', 'rouge2', 'rougeL', 'rougeLsum']`. */
  readonly types?: readonly RougeType[] | undefined;
  /** Cuts words of more than three letters to their stem; `stemmer` of npm is Porter's. Default: words as they are. */
  readonly stem?: ((word: string) => string) | undefined;
  /** Splits a text into words; the default takes runs of a-z and 0-9 in small letters, which is for English. */
  readonly tokenize?: ((text: string) => readonly string[]) | undefined;
}

/**
 * Precision, recall and their harmonic mean, 0 to 1.
 * @category Text
 */
export interface FScore {
  readonly precision: number;
  readonly recall: number;
  readonly fmeasure: number;
}

const DEFAULT_TYPES: readonly RougeType[] = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'];
const TYPE = /^rouge(?:[1-9]|L|Lsum)$/u;
const WORD = /[a-z0-9]+/gu;

/**
 * ROUGE of one text, equal to Google's rouge-score: how much of a reference a summary says, by n-grams or by the longest
 * common subsequence. With several references the one with the best F-score counts, for each type.
 *
 * Time of `rougeL` and `rougeLsum` grows with the product of the two lengths. For a corpus take the mean over its texts, with an interval by {@link bootstrap}.
 *
 * @param hypothesis - The text to judge; for `rougeLsum` one sentence per line.
 * @throws {@link ArgumentError} for unknown options and types.
 * @example
 * import { rouge } from '@gai/metrics';
 * const { rouge1, rougeL } = rouge('a cat sat on the mat', 'the cat sat on a mat');
 * [rouge1.fmeasure, rougeL.fmeasure.toFixed(3)]; // => [1, '0.667']
 * @see Lin 2004, https://aclanthology.org/W04-1013
 * @category Text
 */
export function rouge<T extends RougeType = 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum'>(
  hypothesis: string,
  references: References,
  options: RougeOptions & { readonly types?: readonly T[] | undefined } = {},
): Record<T, FScore> {
  checkOptionNames('rouge', options, ['types', 'stem', 'tokenize']);
  checkText('rouge', 'hypothesis', hypothesis);
  const wanted = listOf('rouge', 'references', references);
  checkFunctionOption('rouge', 'stem', options.stem);
  checkFunctionOption('rouge', 'tokenize', options.tokenize);
  const types = options.types ?? (DEFAULT_TYPES as readonly T[]);
  if (!Array.isArray(types)) throw refused('rouge', 'types is no list', types, "a list such as ['rougeL']");
  const unknown = types.find((type) => typeof type !== 'string' || !TYPE.test(type));
  if (unknown !== undefined) throw refused('rouge', 'no such type', unknown, 'rouge1 to rouge9, rougeL or rougeLsum');
  const split = tokenizer(options);
  const scores = types.map((type): [T, FScore] => {
    const each = wanted.map((reference) => scoreOf(type, hypothesis, reference, split));
    return [type, each.reduce((best, next) => (next.fmeasure > best.fmeasure ? next : best))];
  });
  return Object.fromEntries(scores) as Record<T, FScore>;
}

type Split = (text: string) => readonly string[];

function tokenizer({ stem, tokenize }: RougeOptions): Split {
  const own = tokenize && checkedTokenizer('rouge', tokenize);
  const split: Split = own ?? ((text) => text.toLowerCase().match(WORD) ?? []);
  if (stem === undefined) return split;
  return (text) =>
    split(text)
      .map((word) => (word.length > 3 ? stem(word) : word))
      .filter((word) => word !== '');
}

function scoreOf(type: RougeType, hypothesis: string, reference: string, split: Split): FScore {
  if (type === 'rougeLsum') return ofSentences(sentences(hypothesis, split), sentences(reference, split));
  const found = split(hypothesis);
  const wanted = split(reference);
  if (type === 'rougeL') return fScore(commonLength(found, wanted), found.length, wanted.length);
  const order = Number(type.slice(5));
  const [ours, theirs] = [countNgrams(found, order), countNgrams(wanted, order)];
  return fScore(overlap(ours, theirs), totalOf(ours), totalOf(theirs));
}

const sentences = (text: string, split: Split): (readonly string[])[] => text.split('\n').map(split);

/** The union of common subsequences with each sentence, where no word counts more often than either text has it. */
function ofSentences(hypothesis: readonly (readonly string[])[], reference: readonly (readonly string[])[]): FScore {
  const left = countNgrams(hypothesis.flat(), 1);
  const wanted = countNgrams(reference.flat(), 1);
  let hits = 0;
  for (const sentence of reference) {
    const union = new Set(hypothesis.flatMap((other) => commonPlaces('rouge', sentence, other)));
    for (const place of [...union].sort((a, b) => a - b)) {
      const word = sentence[place]!;
      const [ours, theirs] = [left.get(word) ?? 0, wanted.get(word) ?? 0];
      if (ours === 0 || theirs === 0) continue;
      hits++;
      left.set(word, ours - 1);
      wanted.set(word, theirs - 1);
    }
  }
  return fScore(hits, hypothesis.flat().length, reference.flat().length);
}

/** Shares of what was said and of what was wanted; 0 where there is nothing. */
export function fScore(hits: number, found: number, wanted: number): FScore {
  const precision = hits / Math.max(found, 1);
  const recall = hits / Math.max(wanted, 1);
  const sum = precision + recall;
  return { precision, recall, fmeasure: sum === 0 ? 0 : (2 * precision * recall) / sum };
}

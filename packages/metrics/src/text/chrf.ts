import { checkOptionNames } from '@gai/core/errors';
import { checkNumberOption } from '../refused.ts';
import { corpusOf, type References } from '../texts.ts';
import { countNgrams, overlap, totalOf, words } from '../words.ts';

/**
 * Settings of {@link chrf}; names and defaults are sacreBLEU's.
 * @category Text
 */
export interface ChrfOptions {
  /** Longest n-grams of characters. Default 6. */
  readonly charOrder?: number | undefined;
  /** Longest n-grams of words; 2 makes it chrF++. Default 0. */
  readonly wordOrder?: number | undefined;
  /** How much more recall counts than precision. Default 2. */
  readonly beta?: number | undefined;
  /** Whether case is ignored. Default false. */
  readonly lowercase?: boolean | undefined;
  /** Whether white space belongs to the characters. Default false. */
  readonly whitespace?: boolean | undefined;
  /** The mean of the orders' F-scores, with 1e-16 for what is missing, as NLTK and Moses have it. Default false. */
  readonly epsSmoothing?: boolean | undefined;
}

type Settings = { readonly [name in keyof ChrfOptions]-?: NonNullable<ChrfOptions[name]> };

const NAMES = ['charOrder', 'wordOrder', 'beta', 'lowercase', 'whitespace', 'epsSmoothing'];

/** n-grams of the hypothesis, of the reference and of both, for each order. */
type Statistics = readonly (readonly [hypothesis: number, reference: number, matches: number])[];

/**
 * chrF of a corpus, 0 to 100: the F-score of character n-grams, `(1 + β²) P R / (β² P + R)`, with the means `P` and `R`
 * over the orders that both have; equal to sacreBLEU's.
 *
 * It needs no tokenization and gives credit for inflected forms. `wordOrder: 2` makes it chrF++.
 *
 * @param hypotheses - Texts as they are read.
 * @param references - For each hypothesis one text, or several of which the best one counts.
 * @throws {@link ArgumentError} for lists of unequal length, unknown options and values out of range.
 * @example
 * import { chrf } from '@gai/metrics';
 * chrf(['The cat sat on the mat.'], ['The cat sat on a mat.']).toFixed(2); // => '71.42'
 * @see Popović 2015, https://aclanthology.org/W15-3049; 2017, https://aclanthology.org/W17-4770
 * @category Text
 */
export function chrf(
  hypotheses: readonly string[],
  references: readonly References[],
  options: ChrfOptions = {},
): number {
  checkOptionNames('chrf', options, NAMES);
  checkNumberOption('chrf', 'charOrder', options.charOrder, { min: 1, max: 100, whole: true });
  checkNumberOption('chrf', 'wordOrder', options.wordOrder, { min: 0, max: 100, whole: true });
  checkNumberOption('chrf', 'beta', options.beta, { above: 0 });
  const {
    charOrder = 6,
    wordOrder = 0,
    beta = 2,
    lowercase = false,
    whitespace = false,
    epsSmoothing = false,
  } = options;
  const settings: Settings = { charOrder, wordOrder, beta, lowercase, whitespace, epsSmoothing };
  const corpus = corpusOf('chrf', hypotheses, references);
  const rows = corpus.hypotheses.map((text, row) => bestOf(text, corpus.references[row]!, settings));
  const sums = rows[0]!.map((_, order) => {
    const sum = (part: 0 | 1 | 2): number => rows.reduce((total, row) => total + row[order]![part], 0);
    return [sum(0), sum(1), sum(2)] as const;
  });
  return fScore(sums, settings);
}

/** Statistics beside the reference with the best score, the first of equals. */
function bestOf(hypothesis: string, references: readonly string[], settings: Settings): Statistics {
  const found = ngramsOf(hypothesis, settings);
  let best: Statistics = [];
  let bestScore = -1;
  for (const reference of references) {
    const wanted = ngramsOf(reference, settings);
    const statistics = found.map((counts, order) => {
      const other = wanted[order]!;
      return [other.size === 0 ? 0 : totalOf(counts), totalOf(other), overlap(counts, other)] as const;
    });
    const score = fScore(statistics, settings);
    if (score > bestScore) [best, bestScore] = [statistics, score];
  }
  return best;
}

/** The n-grams of every order: of characters first, then of words. */
function ngramsOf(text: string, { charOrder, wordOrder, lowercase, whitespace }: Settings): Map<string, number>[] {
  const given = lowercase ? text.toLowerCase() : text;
  const signs = [...(whitespace ? given : words(given).join(''))];
  const tokens = wordOrder === 0 ? [] : words(given).flatMap(apart);
  return [
    ...Array.from({ length: charOrder }, (_, n) => countNgrams(signs, n + 1, '')),
    ...Array.from({ length: wordOrder }, (_, n) => countNgrams(tokens, n + 1)),
  ];
}

const PUNCTUATION = /^[!-/:-@[-`{-~]$/u;

/** One sign of punctuation at the end of a word, or else at its start, is a word of its own. */
function apart(word: string): string[] {
  const signs = [...word];
  if (signs.length === 1) return [word];
  if (PUNCTUATION.test(signs.at(-1)!)) return [signs.slice(0, -1).join(''), signs.at(-1)!];
  if (PUNCTUATION.test(signs[0]!)) return [signs[0]!, signs.slice(1).join('')];
  return [word];
}

const EPS = 1e-16;

function fScore(statistics: Statistics, { beta, epsSmoothing }: Settings): number {
  const factor = beta ** 2;
  let smoothed = 0;
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (const [hypothesis, reference, matches] of statistics) {
    const p = hypothesis > 0 ? matches / hypothesis : EPS;
    const r = reference > 0 ? matches / reference : EPS;
    const below = factor * p + r;
    smoothed += below > 0 ? ((1 + factor) * p * r) / below : EPS;
    if (hypothesis === 0 || reference === 0) continue;
    precision += p;
    recall += r;
    orders++;
  }
  if (epsSmoothing) return (100 * smoothed) / statistics.length;
  if (precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return (100 * (1 + factor) * precision * recall) / (factor * precision + recall);
}

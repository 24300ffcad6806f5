import { checkOptionNames } from '@gai/core/errors';
import { checkNumberOption, refused } from '../refused.ts';
import { corpusOf, type References } from '../texts.ts';
import { countNgrams, overlap, totalOf, trimEnd } from '../words.ts';
import { bleuTokens, type BleuTokenizer } from './bleu-tokens.ts';

/**
 * Settings of {@link bleu}; names and defaults are sacreBLEU's.
 * @category Text
 */
export interface BleuOptions {
  /** Default `13a`. */
  readonly tokenize?: BleuTokenizer | undefined;
  /** Whether case is ignored. Default false. */
  readonly lowercase?: boolean | undefined;
  /** Longest n-grams. Default 4. */
  readonly maxNgramOrder?: number | undefined;
  /**
   * What stands for an n-gram precision of 0: `exp` halves it order by order, `floor` puts `smoothValue` matches, `add-k`
   * adds `smoothValue` to the matches and totals of orders above 1, `none` leaves 0. Default `exp`.
   */
  readonly smoothMethod?: 'exp' | 'floor' | 'add-k' | 'none' | undefined;
  /** Default 0.1 for `floor`, 1 for `add-k`; the others take none. */
  readonly smoothValue?: number | undefined;
  /** Whether orders that no hypothesis is long enough for are left out, as is right for single sentences. Default false. */
  readonly effectiveOrder?: boolean | undefined;
}

/**
 * What {@link bleu} returns.
 * @category Text
 */
export interface BleuScore {
  /** 0 to 100. */
  readonly score: number;
  /** Precision of each order, 0 to 100, smoothed. */
  readonly precisions: readonly number[];
  readonly brevityPenalty: number;
  /** Tokens of all hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references nearest in length. */
  readonly referenceLength: number;
  /** Matches and possible matches of each order. */
  readonly counts: readonly number[];
  readonly totals: readonly number[];
}

const NAMES = ['tokenize', 'lowercase', 'maxNgramOrder', 'smoothMethod', 'smoothValue', 'effectiveOrder'];
const SMOOTH_VALUES = { exp: 0, none: 0, floor: 0.1, 'add-k': 1 };

/**
 * BLEU of a corpus, `BP · exp(mean over orders of ln precision)`, equal to sacreBLEU's at the same settings.
 *
 * For the score of one text pass one text and `effectiveOrder: true`. Scores of other tokenizations cannot be compared;
 * report the settings beside the figure. For morphology and short texts {@link chrf} agrees better with people.
 *
 * @param hypotheses - Texts as they are read, not tokenized.
 * @param references - For each hypothesis one text, or several of which each is right.
 * @throws {@link ArgumentError} for lists of unequal length, unknown options and values out of range.
 * @example
 * import { bleu } from '@gai/metrics';
 * const { score } = bleu(['The cat sat on the mat.'], [['The cat sat on a mat.', 'A cat was on the mat.']]);
 * score.toFixed(2); // => '79.53'
 * @see Papineni et al. 2002, https://aclanthology.org/P02-1040
 * @see Post 2018, A Call for Clarity in Reporting BLEU Scores, https://aclanthology.org/W18-6319
 * @category Text
 */
export function bleu(
  hypotheses: readonly string[],
  references: readonly References[],
  options: BleuOptions = {},
): BleuScore {
  checkOptions(options);
  const corpus = corpusOf('bleu', hypotheses, references);
  const { maxNgramOrder = 4, lowercase = false, tokenize = '13a' } = options;
  const tokens = (text: string): string[] => bleuTokens[tokenize](trimEnd(lowercase ? text.toLowerCase() : text));
  const statistics: Statistics = {
    counts: Array.from({ length: maxNgramOrder }, () => 0),
    totals: Array.from({ length: maxNgramOrder }, () => 0),
    hypothesisLength: 0,
    referenceLength: 0,
  };
  corpus.hypotheses.forEach((text, row) => {
    addSegment(statistics, tokens(text), corpus.references[row]!.map(tokens));
  });
  return scoreOf(statistics, options);
}

interface Statistics {
  readonly counts: number[];
  readonly totals: number[];
  hypothesisLength: number;
  referenceLength: number;
}

function checkOptions(options: BleuOptions): void {
  checkOptionNames('bleu', options, NAMES);
  const { tokenize = '13a', smoothMethod = 'exp', smoothValue, maxNgramOrder } = options;
  if (!Object.hasOwn(bleuTokens, tokenize)) {
    throw refused('bleu', 'no such tokenizer', tokenize, Object.keys(bleuTokens).join(', '));
  }
  if (!Object.hasOwn(SMOOTH_VALUES, smoothMethod)) {
    throw refused('bleu', 'no such smoothMethod', smoothMethod, Object.keys(SMOOTH_VALUES).join(', '));
  }
  if (smoothValue !== undefined && (smoothMethod === 'exp' || smoothMethod === 'none')) {
    throw refused('bleu', `smoothMethod '${smoothMethod}' takes no smoothValue`, smoothValue, "'floor' or 'add-k'");
  }
  checkNumberOption('bleu', 'smoothValue', smoothValue, { above: 0 });
  checkNumberOption('bleu', 'maxNgramOrder', maxNgramOrder, { min: 1, max: 100, whole: true });
}

/** Adds a text's matches: an n-gram counts as often as the reference that has most of it. */
function addSegment(statistics: Statistics, hypothesis: readonly string[], references: readonly string[][]): void {
  const { counts, totals } = statistics;
  for (let order = 1; order <= counts.length; order++) {
    const most = new Map<string, number>();
    for (const reference of references) {
      for (const [ngram, count] of countNgrams(reference, order))
        most.set(ngram, Math.max(count, most.get(ngram) ?? 0));
    }
    const found = countNgrams(hypothesis, order);
    counts[order - 1]! += overlap(found, most);
    totals[order - 1]! += totalOf(found);
  }
  statistics.hypothesisLength += hypothesis.length;
  statistics.referenceLength += closestLength(hypothesis.length, references);
}

/** The length nearest to the hypothesis', the shorter of two as near. */
function closestLength(length: number, references: readonly string[][]): number {
  const far = (other: number): number => Math.abs(other - length);
  return references
    .map((reference) => reference.length)
    .reduce((best, next) => (far(next) < far(best) || (far(next) === far(best) && next < best) ? next : best));
}

function scoreOf(statistics: Statistics, options: BleuOptions): BleuScore {
  const { hypothesisLength, referenceLength } = statistics;
  const penalty = hypothesisLength === 0 ? 0 : Math.exp(1 - referenceLength / hypothesisLength);
  const brevityPenalty = hypothesisLength < referenceLength ? penalty : 1;
  const hasMatch = statistics.counts.some((count) => count > 0);
  const smoothed = hasMatch ? smooth(statistics, options) : unsmoothed(statistics);
  const { precisions, counts, totals, order } = smoothed;
  const logarithms = precisions.slice(0, order).map((precision) => Math.log(precision));
  const mean = logarithms.reduce((sum, next) => sum + next, 0) / order;
  const score = hasMatch ? brevityPenalty * Math.exp(mean) : 0;
  return { score, precisions, brevityPenalty, hypothesisLength, referenceLength, counts, totals };
}

/** Precisions after smoothing, what they were made of, and how many orders count. */
interface Smoothed {
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly precisions: readonly number[];
  readonly order: number;
}

const unsmoothed = ({ counts, totals }: Statistics): Smoothed => ({
  counts,
  totals,
  precisions: counts.map(() => 0),
  order: counts.length,
});

function smooth({ counts, totals }: Statistics, options: BleuOptions): Smoothed {
  const { smoothMethod = 'exp', effectiveOrder = false } = options;
  const { smoothValue = SMOOTH_VALUES[smoothMethod] } = options;
  const precisions = counts.map(() => 0);
  let order = counts.length;
  let halves = 1;
  for (let n = 0; n < counts.length; n++) {
    if (smoothMethod === 'add-k' && n > 0) {
      counts[n]! += smoothValue;
      totals[n]! += smoothValue;
    }
    if (totals[n] === 0) break;
    if (effectiveOrder) order = n + 1;
    if (counts[n]! > 0) precisions[n] = (100 * counts[n]!) / totals[n]!;
    else if (smoothMethod === 'exp') precisions[n] = 100 / ((halves *= 2) * totals[n]!);
    else if (smoothMethod === 'floor') precisions[n] = (100 * smoothValue) / totals[n]!;
  }
  return { counts, totals, precisions, order };
}

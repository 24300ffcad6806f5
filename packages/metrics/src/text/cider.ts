import { checkOptionNames } from '@gai/core/errors';
import { checkFunctionOption, checkNumberOption, checkedTokenizer } from '../refused.ts';
import { corpusOf, type References } from '../texts.ts';
import { countNgrams, totalOf, words } from '../words.ts';

/**
 * Settings of {@link cider}.
 * @category Text
 */
export interface CiderOptions {
  /** Longest n-grams. Default 4. */
  readonly maxNgramOrder?: number | undefined;
  /** Width of the penalty on a difference in length, in words. Default 6. */
  readonly sigma?: number | undefined;
  /** Splits a caption into words. Default: words in small letters, without punctuation at their ends. */
  readonly tokenize?: ((text: string) => readonly string[]) | undefined;
}

/**
 * What {@link cider} returns.
 * @category Text
 */
export interface CiderScore {
  /** Mean over the captions, 0 to 10; 1 is common for a good captioner. */
  readonly score: number;
  readonly scores: readonly number[];
}

/** From the first letter or digit to the last; a pattern for the end alone would take time by the square of its dots. */
const INNER = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su;
const plainWords = (text: string): string[] =>
  words(text.toLowerCase())
    .map((word) => INNER.exec(word)?.[0] ?? '')
    .filter((word) => word !== '');

/** A caption as n-grams weighted by how rare they are, one map per order. */
interface Vector {
  readonly weights: readonly ReadonlyMap<string, number>[];
  readonly norms: readonly number[];
  /** Pairs of words. */
  readonly length: number;
}

/**
 * CIDEr-D of captions: the cosine of n-grams weighted by TF-IDF between a caption and its references, clipped to the
 * reference's weights and multiplied by `exp(−Δ² / 2σ²)` for a difference Δ in length, times 10.
 *
 * Rarity is counted over the references of all captions given, so scores of different sets cannot be compared, and one
 * picture alone scores 0. Equal to pycocoevalcap's at the same words; its tokenizer, PTBTokenizer, splits clitics
 * (`it's` → `it 's`), which the default here does not. Like it, the length is the count of word pairs.
 *
 * @param references - For each caption what people wrote about the same picture.
 * @throws {@link ArgumentError} for lists of unequal length and values out of range.
 * @example
 * import { cider } from '@gai/metrics';
 * const people = [['a dog runs on grass', 'a dog is running'], ['two red apples', 'red apples on a plate']];
 * const { scores } = cider(['a dog runs', 'a dog runs'], people);
 * scores[0]! > 3 && scores[1] === 0; // => true
 * @see Vedantam et al. 2015, https://arxiv.org/abs/1411.5726
 * @category Text
 */
export function cider(
  hypotheses: readonly string[],
  references: readonly References[],
  options: CiderOptions = {},
): CiderScore {
  checkOptionNames('cider', options, ['maxNgramOrder', 'sigma', 'tokenize']);
  checkNumberOption('cider', 'maxNgramOrder', options.maxNgramOrder, { min: 1, max: 20, whole: true });
  checkNumberOption('cider', 'sigma', options.sigma, { above: 0 });
  checkFunctionOption('cider', 'tokenize', options.tokenize);
  const { maxNgramOrder = 4, sigma = 6 } = options;
  const tokenize = options.tokenize === undefined ? plainWords : checkedTokenizer('cider', options.tokenize);
  const corpus = corpusOf('cider', hypotheses, references);
  const ngramsOf = (text: string): Map<string, number>[] => {
    const tokens = tokenize(text);
    return Array.from({ length: maxNgramOrder }, (_, order) => countNgrams(tokens, order + 1));
  };
  const wanted = corpus.references.map((each) => each.map(ngramsOf));
  const idf = rarity(wanted);
  const scores = corpus.hypotheses.map((text, row) => {
    const found = vectorOf(ngramsOf(text), idf);
    const each = wanted[row]!.map((ngrams) => similarity(found, vectorOf(ngrams, idf), sigma));
    return (10 * each.reduce((sum, next) => sum + next, 0)) / each.length;
  });
  return { score: scores.reduce((sum, next) => sum + next, 0) / scores.length, scores };
}

/** `ln(pictures / pictures whose references have the n-gram)`. */
function rarity(pictures: readonly (readonly Map<string, number>[])[][]): (ngram: string) => number {
  const counts = new Map<string, number>();
  for (const references of pictures) {
    const seen = new Set(references.flatMap((orders) => orders.flatMap((ngrams) => [...ngrams.keys()])));
    for (const ngram of seen) counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return (ngram) => Math.log(pictures.length) - Math.log(Math.max(1, counts.get(ngram) ?? 0));
}

function vectorOf(orders: readonly ReadonlyMap<string, number>[], idf: (ngram: string) => number): Vector {
  const weights = orders.map((ngrams) => new Map([...ngrams].map(([ngram, count]) => [ngram, count * idf(ngram)])));
  const norms = weights.map((each) => Math.sqrt([...each.values()].reduce((sum, weight) => sum + weight ** 2, 0)));
  return { weights, norms, length: Math.max(0, totalOf(orders[0]!) - 1) };
}

/** Mean over the orders of the clipped cosine, less for a difference in length. */
function similarity(found: Vector, wanted: Vector, sigma: number): number {
  let sum = 0;
  found.weights.forEach((weights, order) => {
    let product = 0;
    for (const [ngram, weight] of weights) {
      const other = wanted.weights[order]!.get(ngram) ?? 0;
      product += Math.min(weight, other) * other;
    }
    const norms = found.norms[order]! * wanted.norms[order]!;
    if (norms !== 0) sum += product / norms;
  });
  return (sum / found.weights.length) * Math.exp(-((found.length - wanted.length) ** 2) / (2 * sigma ** 2));
}

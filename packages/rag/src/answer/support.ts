import { checkOptionNames } from '@gai/core/ops';
import { sentencesOf } from '../split/pieces.ts';
import { englishAnalyzer } from '../text/analyzer.ts';
import type { Analyzer } from '../text/analyzer.ts';

/**
 * What a text says of a claim.
 * @category Answers
 */
export interface SupportCheck {
  readonly verdict: 'supported' | 'unsupported' | 'contradicted';
  /** The share of the claim's words that stand in the text, 0 to 1. */
  readonly overlap: number;
  /** Which rules decided; empty where it is supported. */
  readonly reasons: readonly string[];
}

/** So much of a claim must stand in a text. */
const ENOUGH = 0.6;
const NEGATIONS = /\b(?:not|no|never|none|neither|nor|nothing|nobody|without|cannot)\b|n't\b/giu;
const NUMBERS = /(?<![\p{L}\p{N}_])\d{1,40}(?:[.,]\d{1,40}){0,10}/gu;
const NUMBER_WORDS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');

/**
 * Whether a text says what a claim says, by rules on words: enough of them stand in it, as do all numbers and names, and both deny, or
 * neither does.
 *
 * A check that costs nothing and reads nothing into a text. It is no judge of meaning: words in another order, synonyms and what
 * follows from a text are beyond it. Denials and numbers are compared with the sentence of the text that shares most words.
 * @param claim - One sentence.
 * @param text - What it is said to come from.
 * @param options.analyzer - How texts become words. Default {@link englishAnalyzer}.
 * @example
 * checkSupport('Green tea needs 80 degrees.', 'For green tea, 80 degrees are needed.').verdict; // => 'supported'
 * checkSupport('Green tea needs 90 degrees.', 'For green tea, 80 degrees are needed.').verdict; // => 'contradicted'
 * checkSupport('Green tea comes from Japan.', 'For green tea, 80 degrees are needed.').verdict; // => 'unsupported'
 * @category Answers
 */
export function checkSupport(
  claim: string,
  text: string,
  options: { readonly analyzer?: Analyzer | undefined } = {},
): SupportCheck {
  checkOptionNames('checkSupport', options, ['analyzer']);
  const { analyzer = englishAnalyzer() } = options;
  const terms = [...new Set(analyzer.terms(claim))];
  if (terms.length === 0) return { verdict: 'unsupported', overlap: 0, reasons: ['the claim has no words'] };
  const overlap = shareOf(terms, new Set(analyzer.terms(text)));
  const nearest = nearestSentence(terms, text, analyzer);
  // Of what both speak is seen without the numbers, which may differ.
  const isAbout = shareOf(terms.filter(isWord), new Set(analyzer.terms(nearest))) >= ENOUGH;
  const [claimed, said] = [numbersOf(claim), numbersOf(text)];
  const strange = claimed.filter((number) => !said.includes(number));
  const others = numbersOf(nearest).filter((number) => !claimed.includes(number));
  const against: string[] = [];
  if (isAbout && isDenied(claim) !== isDenied(nearest)) against.push('one denies what the other says');
  if (isAbout && strange.length > 0 && others.length > 0) {
    against.push(`${strange.join(', ')}: the text says ${others.join(', ')}`);
  }
  if (against.length > 0) return { verdict: 'contradicted', overlap, reasons: against };
  const lower = text.toLowerCase();
  const missing = [...strange, ...namesOf(claim).filter((name) => !lower.includes(name.toLowerCase()))];
  const reasons = missing.length === 0 ? [] : [`not in the text: ${missing.join(', ')}`];
  if (overlap < ENOUGH) reasons.push(`${Math.round(overlap * 100)} % of the words stand in the text`);
  return { verdict: reasons.length === 0 ? 'supported' : 'unsupported', overlap, reasons };
}

const isWord = (term: string): boolean => !/^\d/u.test(term) && !NUMBER_WORDS.includes(term);

function shareOf(terms: readonly string[], known: ReadonlySet<string>): number {
  return terms.length === 0 ? 0 : terms.filter((term) => known.has(term)).length / terms.length;
}

function nearestSentence(terms: readonly string[], text: string, analyzer: Analyzer): string {
  let nearest = '';
  let most = -1;
  for (const { start, end } of sentencesOf(text, { start: 0, end: text.length })) {
    const sentence = text.slice(start, end);
    const share = shareOf(terms, new Set(analyzer.terms(sentence)));
    if (share > most) [nearest, most] = [sentence, share];
  }
  return nearest;
}

/** Two denials say yes. */
const isDenied = (text: string): boolean => (text.replaceAll('’', "'").match(NEGATIONS)?.length ?? 0) % 2 === 1;

/** Numbers without separators of thousands; small ones in words, too, but for "one", which is most often none. */
function numbersOf(text: string): string[] {
  const digits = (text.match(NUMBERS) ?? []).map((number) => number.replaceAll(/,(?=\d{3}(?!\d))/gu, ''));
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const places = words.map((word) => NUMBER_WORDS.indexOf(word)).filter((value) => value > 1);
  return [...digits, ...places.map(String)];
}

/** Words with a capital that do not begin the sentence. */
const namesOf = (claim: string): string[] => claim.match(/(?<=[\p{L}\p{N},;:)"'] )\p{Lu}[\p{L}\p{N}]+/gu) ?? [];

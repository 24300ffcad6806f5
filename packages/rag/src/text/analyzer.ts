import { checkArgument, checkOptionNames } from '@gai/core/ops';
import { stemmer } from 'stemmer';
import { englishStopWords } from './stop-words.ts';

/**
 * Turns texts into the terms that are counted and searched for.
 * @category Lexical search
 */
export interface Analyzer {
  /** Names it beside an index: one made with another cannot be searched. */
  readonly name: string;
  /** The terms of a text in their order, repeated ones too. */
  terms(text: string): string[];
}

/**
 * Settings of {@link analyzer}.
 * @category Lexical search
 */
export interface AnalyzerOptions {
  /** Say it anew whenever another setting changes. */
  readonly name: string;
  /** Words in small letters that are left out. Default: none. */
  readonly stopWords?: readonly string[] | undefined;
  /** The stem of a word in small letters. Default: the word. */
  readonly stem?: ((word: string) => string) | undefined;
}

/** Words with what stands behind an apostrophe, or signs of scripts that write no spaces. */
const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}])[\p{L}\p{N}\p{M}])+(?:'\p{L}+)*/gu;
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;
/** Longer words are cut: no word is so long. */
const LONGEST = 64;
/** So many stems are remembered. */
const REMEMBERED = 50_000;

/**
 * An analyzer for a language: words of letters and digits in small letters, without stop words, as stems. Chinese, Japanese and
 * Thai become pairs of neighbouring signs.
 * @throws {@link ArgumentError} for settings that do not fit.
 * @example
 * const german = analyzer({ name: 'de', stopWords: ['der', 'und'], stem: (word) => word.replace(/(en|er|e)$/, '') });
 * german.terms('Der Hund und die Hunde'); // => ['hund', 'di', 'hund']
 * @category Lexical search
 */
export function analyzer(options: AnalyzerOptions): Analyzer {
  const op = 'analyzer';
  checkOptionNames(op, options, ['name', 'stopWords', 'stem']);
  const { name, stopWords = [], stem = (word) => word } = options;
  checkArgument(typeof name === 'string' && name !== '', name, { op, name: 'name', rule: 'a name' });
  checkArgument(Array.isArray(stopWords), stopWords, { op, name: 'stopWords', rule: 'a list of words' });
  checkArgument(typeof stem === 'function', stem, { op, name: 'stem', rule: 'a function' });
  const stopped = new Set(stopWords);
  const stems = new Map<string, string>();
  const stemOf = (word: string): string => {
    if (stopped.has(word)) return '';
    const bare = word.replace(/'s$/u, '').replaceAll("'", '').slice(0, LONGEST);
    return stopped.has(bare) ? '' : stem(bare);
  };
  const remembered = (word: string): string => {
    const known = stems.get(word);
    if (known !== undefined) return known;
    const found = stemOf(word);
    if (stems.size >= REMEMBERED) stems.clear();
    if (word.length <= LONGEST) stems.set(word, found);
    return found;
  };
  return {
    name,
    terms(text) {
      const words = text.normalize('NFKC').toLowerCase().replaceAll('’', "'").match(WORDS) ?? [];
      const terms: string[] = [];
      for (const word of words) {
        if (UNSPACED.test(word)) terms.push(...pairsOf(word));
        else {
          const term = remembered(word);
          if (term !== '') terms.push(term);
        }
      }
      return terms;
    },
  };
}

/** Neighbouring signs; a sign that stands alone is itself. */
function* pairsOf(run: string): Generator<string> {
  const signs = Array.from(run);
  if (signs.length === 1) yield run;
  for (let at = 0; at + 1 < signs.length; at++) yield signs[at]! + signs[at + 1]!;
}

/**
 * English: Porter's stems and the full stop list of Snowball.
 * @example
 * englishAnalyzer().terms("The cats' relational databases aren't running"); // => ['cat', 'relat', 'databas', 'run']
 * @see Porter 1980, An algorithm for suffix stripping, https://tartarus.org/martin/PorterStemmer/
 * @category Lexical search
 */
export function englishAnalyzer(): Analyzer {
  return analyzer({ name: 'en-porter-1', stopWords: englishStopWords, stem: stemmer });
}

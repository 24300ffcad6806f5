import { words } from '../words.ts';

/**
 * How BLEU splits a text into tokens; the names are sacreBLEU's.
 *
 * `13a` is what WMT uses (mteval-v13a), `intl` splits at Unicode punctuation and symbols (mteval-v14), `char` takes every
 * character, `zh` every Chinese one and the rest as `13a`, `none` the words between white space.
 * @category Text
 */
export type BleuTokenizer = '13a' | 'intl' | 'char' | 'zh' | 'none';

/** Punctuation but `'`, `,`, `-` and `.`, as mteval-v13a lists it. */
const PUNCTUATION = /[{-~[-` -&(-+:-@/]/gu;

/** Full stops and commas stay in numbers, a hyphen leaves a digit before it. */
const western = (text: string): string =>
  text
    .replaceAll(PUNCTUATION, ' $& ')
    .replaceAll(/([^0-9])([.,])/gu, '$1 $2 ')
    .replaceAll(/([.,])([^0-9])/gu, ' $1 $2')
    .replaceAll(/([0-9])(-)/gu, '$1 $2 ');

const ENTITIES: readonly [string, string][] = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
];

function mteval13a(text: string): string {
  let line = text.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  for (const [entity, sign] of ENTITIES) line = line.replaceAll(entity, sign);
  return western(` ${line} `);
}

const international = (text: string): string =>
  text
    .replaceAll(/(\P{N})(\p{P})/gu, '$1 $2 ')
    .replaceAll(/(\p{P})(\P{N})/gu, ' $1 $2')
    .replaceAll(/\p{S}/gu, ' $& ');

/**
 * What sacreBLEU takes for Chinese, written sign by sign. Its two ranges beyond U+FFFF are read by Python as
 * `U+2000, '0'` and so on: they take U+2001 to U+2A6D and U+2F81 to U+2FA1 in, and no sign of Extension B.
 */
const CHINESE =
  /[\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\u2001-\u2a6d\u2f81-\u2fa1\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u3200-\u32ff\u3300-\u33ff]/gu;

/** The tokens of a text. */
export const bleuTokens: Readonly<Record<BleuTokenizer, (text: string) => string[]>> = {
  '13a': (text) => words(mteval13a(text)),
  intl: (text) => words(international(text)),
  char: (text) => words([...text].join(' ')),
  zh: (text) => words(western(text.replaceAll(CHINESE, ' $& '))),
  none: words,
};

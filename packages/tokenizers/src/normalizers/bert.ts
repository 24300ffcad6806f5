import { isAscii, isChinese, isControl, isSpace } from '../text/characters.ts';
import { keeping, mapping } from '../text/transform.ts';
import { lowercase } from './lowercase.ts';
import type { Normalizer } from './normalizer.ts';
import { unicodeNormalizer } from './unicode.ts';

/** Settings of {@link bertNormalizer}. */
export interface BertNormalizerOptions {
  /** Leaves out control characters and makes every white space a space. */
  readonly cleanText: boolean;
  /** Puts spaces around Chinese characters. */
  readonly handleChineseChars: boolean;
  /** Takes accents off letters. */
  readonly stripAccents: boolean;
  readonly lowercase: boolean;
}

const NONSPACING = /\p{Mn}/u;
// oxlint-disable-next-line no-control-regex -- what is looked for
const CLEAN = /^[ -~]*$/;

/** The normalizer of BERT. */
export function bertNormalizer(options: BertNormalizerOptions): Normalizer {
  const nfd = unicodeNormalizer('NFD');
  const strip = keeping((character) => !NONSPACING.test(character));
  const space = mapping((character) => (isChinese(character.codePointAt(0)!) ? ` ${character} ` : character));
  const drop = keeping((character) => character !== '\0' && character !== '\ufffd' && !isControl(character));
  const blank = mapping((character) => (isSpace(character) ? ' ' : character));
  return (source) => {
    let result = source;
    if (options.cleanText && !CLEAN.test(result.text)) result = blank(drop(result));
    const ascii = isAscii(result.text);
    if (options.handleChineseChars && !ascii) result = space(result);
    if (options.stripAccents && !ascii) result = strip(nfd(result));
    return options.lowercase ? lowercase(result) : result;
  };
}

import type { AlignedText } from '../text/aligned-text.ts';
import { isAscii, isChinese, isControl, isSpace } from '../text/characters.ts';
import { filter, mapCharacters } from '../text/transform.ts';
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
  return (source) => {
    let result = source;
    if (options.cleanText && !CLEAN.test(result.text)) result = clean(result);
    const ascii = isAscii(result.text);
    if (options.handleChineseChars && !ascii) result = mapCharacters(result, spaced);
    if (options.stripAccents && !ascii) result = filter(nfd(result), (character) => !NONSPACING.test(character));
    return options.lowercase ? lowercase(result) : result;
  };
}

function clean(source: AlignedText): AlignedText {
  const kept = filter(source, (character) => character !== '\0' && character !== '\ufffd' && !isControl(character));
  return mapCharacters(kept, (character) => (isSpace(character) ? ' ' : character));
}

const spaced = (character: string): string => (isChinese(character.codePointAt(0)!) ? ` ${character} ` : character);

import { AlignedText } from '../text/aligned-text.ts';
import { isAscii } from '../text/characters.ts';
import { mapping } from '../text/transform.ts';

/** Small letters, each character by itself: Σ becomes σ at the end of a word too. */
export function lowercase(source: AlignedText): AlignedText {
  if (isAscii(source.text)) return new AlignedText(source.text.toLowerCase(), source.base, source.alignment);
  small ??= mapping((character) => character.toLowerCase());
  return small(source);
}

let small: ((source: AlignedText) => AlignedText) | undefined;

import { AlignedText } from '../text/aligned-text.ts';
import { isAscii } from '../text/characters.ts';
import { mapCharacters } from '../text/transform.ts';

/** Small letters, each character by itself: Σ becomes σ at the end of a word too. */
export function lowercase(source: AlignedText): AlignedText {
  if (isAscii(source.text)) return new AlignedText(source.text.toLowerCase(), source.base, source.alignment);
  return mapCharacters(source, (character) => character.toLowerCase());
}

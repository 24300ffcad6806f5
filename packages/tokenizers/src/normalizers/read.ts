import { AlignedText } from '../text/aligned-text.ts';
import { byteNames } from '../text/byte-characters.ts';
import { isSpace } from '../text/characters.ts';
import { readPattern } from '../text/pattern.ts';
import { keeping, mapping, prepend, replaceMatches } from '../text/transform.ts';
import { malformed, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { bertNormalizer } from './bert.ts';
import { lowercase } from './lowercase.ts';
import type { Normalizer } from './normalizer.ts';
import { CharacterMap, longestMatchNormalizer, precompiledNormalizer } from './precompiled.ts';
import { unicodeNormalizer } from './unicode.ts';

/** How each type of a tokenizer file is read. */
const READERS: Readonly<Record<string, (json: Json) => Normalizer>> = {
  NFC: () => unicodeNormalizer('NFC'),
  NFD: () => unicodeNormalizer('NFD'),
  NFKC: () => unicodeNormalizer('NFKC'),
  NFKD: () => unicodeNormalizer('NFKD'),
  Lowercase: () => lowercase,
  StripAccents: () => keeping((character) => !/\p{M}/u.test(character)),
  ByteLevel: () => mapping(byteNames),
  Nmt: nmt,
  Prepend: (json) => {
    const text = readText(json['prepend'], 'normalizer.prepend');
    return (source) => prepend(source, text);
  },
  Strip: (json) =>
    strip(
      readFlag(json['strip_left'], 'normalizer.strip_left', true),
      readFlag(json['strip_right'], 'normalizer.strip_right', true),
    ),
  Replace: (json) => {
    const pattern = readPattern(json['pattern'], 'normalizer.pattern');
    const content = readText(json['content'], 'normalizer.content');
    return (source) => replaceMatches(source, pattern, content);
  },
  Precompiled: (json) => {
    const table = readText(json['precompiled_charsmap'], 'normalizer.precompiled_charsmap', '');
    if (table === '') return (source) => source;
    const map = new CharacterMap(fromBase64(table));
    // Hugging Face's library has no such field, and leaves it alone.
    const longest = readFlag(json['longest_match'], 'normalizer.longest_match', false);
    return longest ? longestMatchNormalizer(map) : precompiledNormalizer(map);
  },
  BertNormalizer: (json) => {
    const small = readFlag(json['lowercase'], 'normalizer.lowercase', true);
    return bertNormalizer({
      cleanText: readFlag(json['clean_text'], 'normalizer.clean_text', true),
      handleChineseChars: readFlag(json['handle_chinese_chars'], 'normalizer.handle_chinese_chars', true),
      stripAccents: readFlag(json['strip_accents'], 'normalizer.strip_accents', small),
      lowercase: small,
    });
  },
  Sequence: (json) => {
    const all = readList(json['normalizers'], 'normalizer.normalizers').map(readNormalizer);
    return (source) => all.reduce((text, normalizer) => normalizer?.(text) ?? text, source);
  },
};

/** The normalizer of a tokenizer file; undefined if it has none. */
export function readNormalizer(value: unknown): Normalizer | undefined {
  if (value === null || value === undefined) return undefined;
  const json = readObject(value, 'normalizer');
  const type = readText(json['type'], 'normalizer.type');
  if (!Object.hasOwn(READERS, type))
    throw malformed('normalizer.type', type, `one of ${Object.keys(READERS).join(', ')}`);
  return READERS[type]!(json);
}

function strip(left: boolean, right: boolean): Normalizer {
  return (source) => {
    const { text } = source;
    let from = 0;
    let to = text.length;
    while (left && from < to && isSpace(text[from]!)) from += 1;
    while (right && to > from && isSpace(text[to - 1]!)) to -= 1;
    return to > from ? source.slice(from, to) : new AlignedText('', source.base);
  };
}

/** Characters that SentencePiece's rules for translation leave out. */
// oxlint-disable-next-line no-control-regex -- what is looked for
const NMT_DROPPED = /[\u0001-\u0008\u000b\u000e-\u001f\u007f\u008f\u009f]/;
/** Characters that become a space there. */
// oxlint-disable-next-line no-control-regex -- what is looked for
const NMT_SPACE = /[\u0009\u000a\u000c\u000d\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/;

function nmt(): Normalizer {
  const drop = keeping((character) => !NMT_DROPPED.test(character));
  const blank = mapping((character) => (NMT_SPACE.test(character) ? ' ' : character));
  return (source) => blank(drop(source));
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw malformed('precompiled_charsmap', text, 'base64');
  }
}

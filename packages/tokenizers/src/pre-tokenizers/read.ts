import { characterOf, utf8 } from '../text/byte-characters.ts';
import { readPattern } from '../text/pattern.ts';
import { mapCharacters, prepend } from '../text/transform.ts';
import { malformed, readChoice, readCount, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { metaspace } from './metaspace.ts';
import type { PrependScheme } from './metaspace.ts';
import { chain } from './pre-tokenizer.ts';
import type { PreTokenizer, Splitter } from './pre-tokenizer.ts';
import { splitScripts } from './scripts.ts';
import { SPLIT_BEHAVIORS, splitAt } from './split.ts';
import type { SplitBehavior } from './split.ts';

/** White space as Unicode has it, for a class of characters. */
const SPACE = String.raw`\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const ASCII_SIGNS = String.raw`!-/:-@\[-\x60{-~`;
const PUNCTUATION = new RegExp(`[${ASCII_SIGNS}\\p{P}]`, 'gu');
const SPACES = new RegExp(`[${SPACE}]`, 'gu');
const WORDS = new RegExp(
  `[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d]+|[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d${SPACE}]+`,
  'gu',
);
/** GPT-2's words. */
const GPT2 = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|[${SPACE}]+(?![^${SPACE}])|[${SPACE}]+`,
  'gu',
);

/** A step of a tokenizer file, as a splitter; `ByteLevel` is told apart, for it can be left to the model. */
type Step = { readonly split: Splitter; readonly byteLevel: boolean };

const plain = (split: Splitter): Step[] => [{ split, byteLevel: false }];

const READERS: Readonly<Record<string, (json: Json) => Step[]>> = {
  ByteLevel: (json) => {
    const space = readFlag(json['add_prefix_space'], 'pre_tokenizer.add_prefix_space', true);
    const words = readFlag(json['use_regex'], 'pre_tokenizer.use_regex', true);
    const split: Splitter = (piece) => {
      const text = space && !piece.text.startsWith(' ') ? prepend(piece, ' ') : piece;
      if (words) return splitAt(text, GPT2, 'Isolated');
      return text.text === '' ? [] : [text];
    };
    return [{ split, byteLevel: true }];
  },
  BertPreTokenizer: () =>
    plain((piece) => splitAt(piece, SPACES, 'Removed').flatMap((word) => splitAt(word, PUNCTUATION, 'Isolated'))),
  Whitespace: () => plain((piece) => splitAt(piece, WORDS, 'Removed', true)),
  WhitespaceSplit: () => plain((piece) => splitAt(piece, SPACES, 'Removed')),
  Punctuation: (json) => {
    const behavior = readBehavior(json, 'Isolated');
    return plain((piece) => splitAt(piece, PUNCTUATION, behavior));
  },
  Digits: (json) => {
    const single = readFlag(json['individual_digits'], 'pre_tokenizer.individual_digits', false);
    return plain((piece) => splitAt(piece, /\p{N}/gu, single ? 'Isolated' : 'Contiguous'));
  },
  CharDelimiterSplit: (json) => {
    const pattern = readPattern({ String: readText(json['delimiter'], 'pre_tokenizer.delimiter') }, 'pre_tokenizer');
    return plain((piece) => splitAt(piece, pattern, 'Removed'));
  },
  Split: (json) => {
    const pattern = readPattern(json['pattern'], 'pre_tokenizer.pattern');
    const behavior = readBehavior(json);
    const invert = readFlag(json['invert'], 'pre_tokenizer.invert', false);
    return plain((piece) => splitAt(piece, pattern, behavior, invert));
  },
  Metaspace: (json) => plain(metaspace(readMetaspace(json, 'pre_tokenizer'))),
  UnicodeScripts: () => plain(splitScripts),
  FixedLength: (json) => {
    const length = readCount(json['length'], 'pre_tokenizer.length', 5);
    if (length === 0) throw malformed('pre_tokenizer.length', length, 'a whole number of at least 1');
    const pattern = new RegExp(`[^]{1,${length}}`, 'gu');
    return plain((piece) => splitAt(piece, pattern, 'Isolated'));
  },
  Sequence: (json) => readList(json['pretokenizers'], 'pre_tokenizer.pretokenizers').flatMap(readSteps),
};

/** The spaces of a `Metaspace` in a tokenizer file, as older files write it too. */
export function readMetaspace(
  json: Json,
  where: string,
): { replacement: string; prependScheme: PrependScheme; split: boolean } {
  const replacement = readText(json['replacement'], `${where}.replacement`, '▁');
  if ([...replacement].length !== 1) throw malformed(`${where}.replacement`, replacement, 'one character');
  const old = readFlag(json['add_prefix_space'], `${where}.add_prefix_space`, true);
  const schemes: readonly PrependScheme[] = ['always', 'first', 'never'];
  const prependScheme = readChoice(
    json['prepend_scheme'],
    `${where}.prepend_scheme`,
    schemes,
    old ? 'always' : 'never',
  );
  return { replacement, prependScheme, split: readFlag(json['split'], `${where}.split`, true) };
}

function readBehavior(json: Json, missing?: SplitBehavior): SplitBehavior {
  return readChoice(json['behavior'], 'pre_tokenizer.behavior', SPLIT_BEHAVIORS, missing);
}

function readSteps(value: unknown): Step[] {
  const json = readObject(value, 'pre_tokenizer');
  const type = readText(json['type'], 'pre_tokenizer.type');
  if (!Object.hasOwn(READERS, type)) {
    throw malformed('pre_tokenizer.type', type, `one of ${Object.keys(READERS).join(', ')}`);
  }
  return READERS[type]!(json);
}

/** The pre-tokenizer of a tokenizer file; without one a text is one word. */
export function readPreTokenizer(value: unknown): PreTokenizer {
  const whole: Splitter = (piece) => (piece.text === '' ? [] : [piece]);
  if (value === null || value === undefined) return { split: whole, byteLevel: false };
  const steps = readSteps(value);
  const last = steps.length - 1;
  const splitters = steps.map(({ split, byteLevel }, index) =>
    byteLevel && index < last ? chain([split, toByteCharacters]) : split,
  );
  return { split: chain(splitters), byteLevel: steps[last]?.byteLevel ?? false };
}

const toByteCharacters: Splitter = (piece) => [
  mapCharacters(piece, (character) => Array.from(utf8(character), characterOf).join('')),
];

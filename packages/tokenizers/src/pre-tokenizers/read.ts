import { byteNames } from '../text/byte-characters.ts';
import { readPattern } from '../text/pattern.ts';
import { mapping, prepend } from '../text/transform.ts';
import { malformed, readChoice, readCount, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { metaspace } from './metaspace.ts';
import type { PrependScheme } from './metaspace.ts';
import { chain } from './pre-tokenizer.ts';
import type { PreTokenizer, Step } from './pre-tokenizer.ts';
import { SCANNED, cutAsBert, cutAsGpt2, cutDigits } from './scan.ts';
import { cutScripts } from './scripts.ts';
import { SPLIT_BEHAVIORS, cutAt } from './split.ts';
import type { Cutter, SplitBehavior } from './split.ts';

/** White space as Unicode has it, for a class of characters. */
const SPACE = String.raw`\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;
const ASCII_SIGNS = String.raw`!-/:-@\[-\x60{-~`;
const PUNCTUATION = new RegExp(`[${ASCII_SIGNS}\\p{P}]`, 'gu');
const NOT_SPACES = new RegExp(`[^${SPACE}]+`, 'gu');
const WORDS = new RegExp(
  `[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d]+|[^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d${SPACE}]+`,
  'gu',
);
const READERS: Readonly<Record<string, (json: Json) => Step[]>> = {
  ByteLevel: (json) => {
    const space = readFlag(json['add_prefix_space'], 'pre_tokenizer.add_prefix_space', true);
    const words = readFlag(json['use_regex'], 'pre_tokenizer.use_regex', true);
    const change: Step['change'] = (piece) => (piece.text.startsWith(' ') ? piece : prepend(piece, ' '));
    return [{ change: space ? change : undefined, cut: words ? cutAsGpt2 : undefined, byteLevel: true }];
  },
  BertPreTokenizer: () => [{ cut: cutAsBert }],
  Whitespace: () => [{ cut: cutAt(WORDS, 'Removed', true) }],
  WhitespaceSplit: () => [{ cut: cutAt(NOT_SPACES, 'Removed', true) }],
  Punctuation: (json) => [{ cut: cutAt(PUNCTUATION, readBehavior(json, 'Isolated')) }],
  Digits: (json) => {
    const single = readFlag(json['individual_digits'], 'pre_tokenizer.individual_digits', false);
    return [{ cut: cutDigits(single) }];
  },
  CharDelimiterSplit: (json) => {
    const pattern = readPattern({ String: readText(json['delimiter'], 'pre_tokenizer.delimiter') }, 'pre_tokenizer');
    return [{ cut: cutAt(pattern, 'Removed') }];
  },
  Split: (json) => {
    const pattern = readPattern(json['pattern'], 'pre_tokenizer.pattern');
    const behavior = readBehavior(json);
    const invert = readFlag(json['invert'], 'pre_tokenizer.invert', false);
    return [{ cut: scanned(json['pattern'], behavior) ?? cutAt(pattern, behavior, invert) }];
  },
  Metaspace: (json) => [metaspace(readMetaspace(json, 'pre_tokenizer'))],
  UnicodeScripts: () => [{ cut: cutScripts }],
  FixedLength: (json) => {
    const length = readCount(json['length'], 'pre_tokenizer.length', 5);
    if (length === 0) throw malformed('pre_tokenizer.length', length, 'a whole number of at least 1');
    return [{ cut: cutAt(new RegExp(`[^]{1,${length}}`, 'gu'), 'Isolated') }];
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

/** These patterns match all of a text: what lies between matches is nothing, so that `invert` makes no difference. */
function scanned(pattern: unknown, behavior: SplitBehavior): Cutter | undefined {
  const source = (pattern as { Regex?: unknown }).Regex;
  return typeof source === 'string' && behavior === 'Isolated' ? SCANNED.get(source) : undefined;
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
  if (value === null || value === undefined) return { split: chain([]), byteLevel: false };
  const steps = readSteps(value);
  const last = steps.length - 1;
  // Names of bytes in the middle are a change like any other; at the end they are left to the model.
  const all = steps.flatMap((step, index) => (step.byteLevel === true && index < last ? [step, BYTE_NAMES] : [step]));
  return { split: chain(all), byteLevel: steps[last]?.byteLevel ?? false };
}

const BYTE_NAMES: Step = { change: /* @__PURE__ */ mapping(byteNames) };

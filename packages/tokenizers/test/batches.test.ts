import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { Tokenizer, TokenizerError } from '../src/index.ts';
import type { EncodeOptions, Encoding, Padding, Truncation } from '../src/index.ts';
import { fixture, texts } from './texts.ts';

/** A case of `make.py`, with the options as Python names them. */
interface Case {
  readonly kind: string;
  readonly truncation: { max_length: number; stride?: number; direction?: 'left'; strategy?: 'only_first' } | null;
  readonly padding: {
    length: number | null;
    direction?: 'left';
    pad_id?: number;
    pad_type_id?: number;
    pad_token?: string;
    pad_to_multiple_of?: number;
  } | null;
  readonly special: boolean;
  readonly check: string;
}

const { seed, cases } = fixture<{ seed: number; cases: Case[] }>('batches.expected.json');
const codePoints = (text: string): number => [...text].length;
const chosen = [...texts(seed)].filter((text) => codePoints(text) > 20 && codePoints(text) < 60).slice(0, 6);
const inputs: (string | [string, string])[] = [
  chosen[0]!,
  [chosen[1]!, chosen[2]!],
  chosen[3]!,
  [chosen[4]!, chosen[5]!],
];

const truncationOf = ({ truncation: given }: Case): Truncation | null =>
  given && { maxLength: given.max_length, stride: given.stride, direction: given.direction, strategy: given.strategy };

const paddingOf = ({ padding: given }: Case): Padding | null =>
  given && {
    length: given.length ?? 'longest',
    direction: given.direction,
    padId: given.pad_id ?? 0,
    padTypeId: given.pad_type_id,
    padToken: given.pad_token ?? '[PAD]',
    multipleOf: given.pad_to_multiple_of,
  };

const listsOf = (encoding: Encoding, whole = true): object => ({
  ids: encoding.ids,
  tokens: encoding.tokens,
  ...(whole ? { types: encoding.typeIds } : {}),
  words: encoding.wordIds,
  sequences: encoding.sequenceIds,
  special: encoding.specialTokensMask,
  attention: encoding.attentionMask,
  offsets: encoding.offsets,
  ...(whole ? { overflowing: encoding.overflowing.map((part) => listsOf(part, false)) } : {}),
});

const tokenizers = new Map<string, Tokenizer>();

it.each(cases.map((one, index) => [index, one] as const))('pairs, truncation and padding, case %i', (_, one) => {
  const { kind, special: addSpecialTokens, check } = one;
  const tokenizer = tokenizers.get(kind) ?? Tokenizer.fromJSON(fixture<object>(`${kind}.tokenizer.json`));
  tokenizers.set(kind, tokenizer);
  const options: EncodeOptions = { addSpecialTokens, truncation: truncationOf(one), padding: paddingOf(one) };
  if (check === 'refused') {
    expect(() => tokenizer.encodeBatch(inputs, options)).toThrow(TokenizerError);
    return;
  }
  const found = tokenizer.encodeBatch(inputs, options).map((encoding) => listsOf(encoding));
  expect(crc32(JSON.stringify(found)).toString(16).padStart(8, '0'), JSON.stringify(one)).toBe(check);
});

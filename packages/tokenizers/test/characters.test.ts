import { expect, it } from 'vitest';
import { readNormalizer } from '../src/normalizers/read.ts';
import { Tokenizer } from '../src/index.ts';
import { AlignedText } from '../src/text/aligned-text.ts';

// Right values: tokenizers 0.23.3, `pre_tokenize_str` and `normalize_str`.

const model = { type: 'WordLevel', vocab: { u: 0 }, unk_token: 'u' };
const words = (preTokenizer: object, text: string): string[] =>
  Tokenizer.fromJSON({ model, pre_tokenizer: preTokenizer })
    .encode(text)
    .offsets.map(([start, end]) => text.slice(start, end));
const split = (pattern: object, behavior = 'Isolated', invert = false): object => ({
  type: 'Split',
  pattern,
  behavior,
  invert,
});
const normalized = (normalizer: object, text: string): string =>
  readNormalizer(normalizer)!(new AlignedText(text)).text;

it.each([
  [{ String: '' }, ['a', 'B', 'c', ' ', 'x', 'x', 'D', '😀', 'e']],
  [{ Regex: '' }, ['a', 'B', 'c', ' ', 'x', 'x', 'D', '😀', 'e']],
  [{ Regex: String.raw`\b` }, ['aBc', ' ', 'xxD', '😀', 'e']],
  [{ Regex: '(?=[A-Z])' }, ['a', 'Bc xx', 'D😀e']],
  [{ Regex: 'x*' }, ['a', 'B', 'c', ' ', 'xx', 'D', '😀', 'e']],
])('cuts at the empty matches of %j', (pattern, expected) => {
  expect(words(split(pattern), 'aBc xxD😀e')).toEqual(expected);
});

it.each([
  ['Removed', false, ['a', 'B', 'c', ' ', 'D', '😀', 'e']],
  ['Removed', true, ['xx']],
  ['MergedWithPrevious', false, ['a', 'B', 'c', ' xx', 'D', '😀', 'e']],
  ['MergedWithPrevious', true, ['a', 'B', 'c', ' ', 'xxD', '😀', 'e']],
  ['MergedWithNext', false, ['a', 'B', 'c', ' ', 'xxD', '😀', 'e']],
  ['MergedWithNext', true, ['a', 'B', 'c', ' xx', 'D', '😀', 'e']],
  ['Contiguous', false, ['a', 'B', 'c', ' ', 'xx', 'D', '😀', 'e']],
])('%s, inverted %s: empty matches part what is around them', (behavior, invert, expected) => {
  expect(words(split({ Regex: 'x*' }, behavior, invert), 'aBc xxD😀e')).toEqual(expected);
});

it('an empty match does not follow another match at once where text is replaced', () => {
  const replace = (pattern: object): object => ({ type: 'Replace', pattern, content: '-' });
  expect(normalized(replace({ Regex: 'x*' }), 'abxxc')).toBe('-a-b-c-');
  expect(normalized(replace({ String: '' }), 'abc')).toBe('-a-b-c-');
});

it('repeats what stands for any character', () => {
  expect(words(split({ Regex: '(?m).{1,3}' }), 'ab\ncdefg')).toEqual(['ab\n', 'cde', 'fg']);
});

it('numbers that are no digits are no part of words, but those of Latin 1 are', () => {
  expect(words(split({ Regex: String.raw`\w+` }), 'a²b①c½d')).toEqual(['a²b', '①', 'c½d']);
});

it('what has no script goes with the characters before; with none before, it is no word', () => {
  expect(words({ type: 'UnicodeScripts' }, '  a b가\ufff3나\u{16fe0}')).toEqual(['a b', '가\ufff3나', '\u{16fe0}']);
  expect(words({ type: 'UnicodeScripts' }, '  ')).toEqual([]);
});

it("BERT's cleaning keeps characters that are none yet", () => {
  const bert = {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: false,
    strip_accents: false,
    lowercase: false,
  };
  expect(normalized(bert, 'a\u0378\u{1faff}\ue000\u0007\u200db')).toBe('a\u0378\u{1faff}b');
});

it.each(['NFC', 'NFD', 'NFKC', 'NFKD'] as const)('%s is that of JavaScript, whatever stands together', (form) => {
  // Halfwidth katakana with marks, letters of Hangul on their own and at half width, Thai, marks out of order, Kirat Rai.
  const parts = [...'カｶﾞﾊﾟウﾞㄱㅏㄴㄳㅘﾡￂ가\u1100\u1161\u11a8กำ\u0e48e\u0301\u0323\u{16d63}\u{16d67}\u{16d67}ﬁ1 '];
  let seed = 7;
  for (let count = 0; count < 2000; count++) {
    const text = Array.from(
      { length: 6 },
      () => parts[(seed = (seed * 1103515245 + 12345) % 2147483648) % parts.length],
    ).join('');
    expect(normalized({ type: form }, text)).toBe(text.normalize(form));
  }
});

it('what becomes one character has the place of its first', () => {
  const tokenizer = Tokenizer.fromJSON({
    model: { type: 'WordLevel', vocab: { ガ: 1, u: 0 }, unk_token: 'u' },
    normalizer: { type: 'NFKC' },
  });
  const { ids, offsets } = tokenizer.encode('ｶﾞ');
  expect([ids, offsets]).toEqual([[1], [[0, 1]]]);
});

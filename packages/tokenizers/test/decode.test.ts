import { expect, it } from 'vitest';
import { Tokenizer, characterTokenizer } from '../src/index.ts';
import { fixture } from './texts.ts';

it('gives a character of several tokens when its last byte is there', () => {
  const tokenizer = Tokenizer.fromJSON(fixture<object>('gpt2.tokenizer.json'));
  const stream = tokenizer.decodeStream();
  const pieces = tokenizer.encode('a😀b').ids.map((id) => stream.push(id));
  expect(pieces.filter((piece) => piece !== '')).toEqual(['a', '😀', 'b']);
});

it('leaves special tokens out unless asked, and ids without a token always', () => {
  const tokenizer = Tokenizer.fromJSON(fixture<object>('bert.tokenizer.json'));
  const { ids } = tokenizer.encode('the cat');
  expect(tokenizer.decode(ids)).toBe('the cat');
  expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe('[CLS] the cat [SEP]');
  expect(tokenizer.decode([...ids, 1_000_000])).toBe('the cat');
});

it('a character tokenizer gives back every text of its characters', () => {
  const tokenizer = characterTokenizer('abc 😀\n');
  const text = 'cab 😀\n\n b';
  expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
  expect(tokenizer.encode('😀z').offsets).toEqual([
    [0, 2],
    [2, 3],
  ]);
});

it('ids that have one token in common are read alike', () => {
  const vocab = [
    ['<unk>', 0],
    ['a', -1],
    ['b', -2],
    ['a', -3],
  ];
  const tokenizer = Tokenizer.fromJSON({ model: { type: 'Unigram', unk_id: 0, vocab }, decoder: { type: 'Fuse' } });
  expect(tokenizer.decode([1, 2, 3])).toBe('aba');
});

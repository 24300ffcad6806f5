import { describe, expect, it } from 'vitest';
import { Tokenizer, characterTokenizer } from '../src/index.ts';
import type { DecodeOptions } from '../src/index.ts';
import { fixture, mulberry32, texts } from './texts.ts';

const KINDS =
  'gpt2 roberta llama3 smollm bert bert-cased bert-accents t5 unigram-first unigram-whole llama2 clip words pieces trained-bpe trained-word-piece trained-unigram'.split(
    ' ',
  );

/** Decoders that go together in no file of these, in every way a step can follow another. */
const CHAINS: readonly object[] = [
  { type: 'CTC', pad_token: 'a', word_delimiter_token: 'b' },
  { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'BPEDecoder', suffix: 'e' }] },
  { type: 'Sequence', decoders: [{ type: 'BPEDecoder', suffix: 'e' }, { type: 'Metaspace' }] },
  { type: 'Sequence', decoders: [{ type: 'ByteLevel' }, { type: 'Replace', pattern: { String: 'e' }, content: 'ß' }] },
  { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'Replace', pattern: { String: 'th' }, content: '' }] },
  { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'Replace', pattern: { Regex: '^.' }, content: '<' }] },
  { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'Strip', content: '▁', start: 2, stop: 1 }] },
  { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'Strip', content: '▁', start: 3, stop: 0 }] },
  { type: 'Sequence', decoders: [{ type: 'Fuse' }, { type: 'WordPiece' }, { type: 'Fuse' }, { type: 'Metaspace' }] },
  { type: 'Sequence', decoders: [{ type: 'Strip', content: 'e', start: 1, stop: 1 }, { type: 'CTC' }] },
  { type: 'Sequence', decoders: [] },
];

const file = (kind: string): object => fixture<object>(`${kind}.tokenizer.json`);
const load = (kind: string): Tokenizer => Tokenizer.fromJSON(file(kind));

/** What a stream gives, piece by piece. */
function streamed(tokenizer: Tokenizer, ids: readonly number[], options?: DecodeOptions): string[] {
  const stream = tokenizer.decodeStream(options);
  return [...ids.map((id) => stream.push(id)), stream.flush()];
}

/** Any ids: of bytes that are no text, special tokens, and some that no token has. */
function* randomIds(tokenizer: Tokenizer, seed: number, count: number): Generator<number[]> {
  const random = mulberry32(seed);
  const bytes = Array.from({ length: 256 }, (_, byte) =>
    tokenizer.tokenToId(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  ).filter((id) => id !== undefined);
  for (let index = 0; index < count; index++) {
    const ofBytes = bytes.length > 0 && random() < 0.5;
    yield Array.from({ length: Math.floor(random() * 80) }, () =>
      ofBytes && random() < 0.9
        ? bytes[Math.floor(random() * bytes.length)]!
        : Math.floor(random() * (tokenizer.vocabSize + 3)),
    );
  }
}

/** Whether each piece is whole characters, and all of them what the whole list of ids is. */
function check(tokenizer: Tokenizer, ids: readonly number[]): void {
  for (const skipSpecialTokens of [true, false]) {
    const pieces = streamed(tokenizer, ids, { skipSpecialTokens });
    expect(pieces.join('')).toBe(tokenizer.decode(ids, { skipSpecialTokens }));
    // What was given is what it would have been had the ids ended in another way: nothing is taken back.
    expect(pieces.every((piece) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(piece))).toBe(true);
  }
}

describe.each(KINDS)('%s: the pieces of a stream are the whole text', (kind) => {
  const tokenizer = load(kind);
  it('of texts', () => {
    for (const text of texts(31, 200)) check(tokenizer, tokenizer.encode(text).ids);
  });
  it('of ids that mean nothing together', () => {
    for (const ids of randomIds(tokenizer, 5, 200)) check(tokenizer, ids);
  });
});

describe.each(CHAINS)('%j: the pieces of a stream are the whole text', (decoder) => {
  it.each(['llama2', 'gpt2', 'clip'])('with the tokens of %s', (kind) => {
    const tokenizer = Tokenizer.fromJSON({ ...file(kind), decoder });
    for (const ids of randomIds(tokenizer, 7, 60)) check(tokenizer, ids);
    for (const text of texts(32, 60)) check(tokenizer, tokenizer.encode(text).ids);
  });
});

it('a character after very many bytes that are none is whole', () => {
  const tokenizer = load('gpt2');
  const [first, second] = tokenizer.encode('é').ids;
  const ids = [...Array.from({ length: 31 }, () => first!), first!, second!];
  expect(streamed(tokenizer, ids).join('')).toBe(`${'\ufffd'.repeat(31)}é`);
});

it('a space before a word is there after any number of tokens that are left out', () => {
  const tokenizer = load('bert');
  const [mask, the] = [tokenizer.tokenToId('[MASK]')!, tokenizer.tokenToId('the')!];
  const ids = [the, ...Array.from({ length: 70 }, () => mask), the];
  expect(streamed(tokenizer, ids).join('')).toBe('the the');
});

it.each(['gpt2', 'bert', 'llama2', 't5'])('%s: nothing is held back where nothing depends on the next id', (kind) => {
  const tokenizer = load(kind);
  const { ids } = tokenizer.encode('a cat', { addSpecialTokens: false });
  const stream = tokenizer.decodeStream();
  for (const index of ids.keys()) {
    const before = tokenizer.decode(ids.slice(0, index)).length;
    expect(stream.push(ids[index]!)).toBe(tokenizer.decode(ids.slice(0, index + 1)).slice(before));
  }
  expect(stream.flush()).toBe('');
});

it('after flush a new text begins', () => {
  const stream = characterTokenizer('ab').decodeStream();
  expect([stream.push(1), stream.flush(), stream.push(2), stream.flush(), stream.flush()]).toEqual([
    'a',
    '',
    'b',
    '',
    '',
  ]);
  expect(() => stream.push('1' as never)).toThrow('there are no ids');
});

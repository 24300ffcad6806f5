import { describe, expect, it } from 'vitest';
import {
  Tokenizer,
  TokenizerError,
  tokenizerFromTiktoken,
  trainBPE,
  trainUnigram,
  trainWordPiece,
} from '../src/index.ts';
import type { TrainingProgress } from '../src/index.ts';
import { fixture, texts } from './texts.ts';

const corpus = Array.from({ length: 4 }, () => fixture<string[]>('corpus.json')).flat();

/** `parity.test.ts` holds the same files to what Hugging Face's library makes of 2,000 texts with them. */
const TRAINED: [string, () => Promise<Tokenizer>][] = [
  ['trained-bpe', () => trainBPE(corpus, { vocabSize: 400, pattern: 'llama3', specialTokens: ['<|end|>'] })],
  ['trained-word-piece', () => trainWordPiece(corpus, { vocabSize: 300 })],
  ['trained-unigram', () => trainUnigram(corpus, { vocabSize: 250 })],
];

it.each(TRAINED)('%s is what was saved', async (name, train) => {
  const { model } = (await train()).toJSON() as { model: object };
  expect(model).toMatchObject(fixture<{ model: object }>(`${name}.tokenizer.json`).model);
});

it("BPE merges are those of Hugging Face's trainer", async () => {
  const tokenizer = await trainBPE(corpus, { vocabSize: 420, specialTokens: ['<|endoftext|>'] });
  const { vocab, merges } = fixture<{ model: { vocab: object; merges: object } }>('gpt2.tokenizer.json').model;
  expect(tokenizer.toJSON()['model']).toMatchObject({ vocab, merges });
});

it('every text comes back from a byte-level BPE', async () => {
  const tokenizer = await trainBPE(corpus, { vocabSize: 400 });
  for (const text of texts(8, 300)) {
    const clean = text.replaceAll(/\p{Cs}/gu, '\ufffd');
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(clean);
  }
});

it('a saved tokenizer is read as it was', async () => {
  for (const [, train] of TRAINED) {
    const tokenizer = await train();
    const again = Tokenizer.fromJSON(JSON.stringify(tokenizer.toJSON()));
    for (const text of texts(9, 100)) expect(again.encode(text).ids).toEqual(tokenizer.encode(text).ids);
  }
});

it('Unigram keeps every character, and finds the words there are', async () => {
  const tokenizer = await trainUnigram('the cat and the dog and the cat '.repeat(50), { vocabSize: 24 });
  expect(tokenizer.encode('the cat').tokens).toEqual(['▁the', '▁cat']);
  expect(tokenizer.encode('god').tokens.join('')).toBe('▁god');
});

it('reads texts as they come, and says how far it is', async () => {
  async function* stream(): AsyncGenerator<string> {
    for (let count = 0; count < 600; count++) yield corpus[count % corpus.length]!;
  }
  const reports: TrainingProgress[] = [];
  await trainBPE(stream(), { vocabSize: 500, onProgress: (progress) => reports.push(progress) });
  expect(reports.filter(({ phase }) => phase === 'reading').map(({ done }) => done)).toEqual([256, 512, 600]);
  const last = reports.at(-1)!;
  expect(last).toEqual({ phase: 'learning', done: last.done, total: 500 });
});

describe('what cannot be done', () => {
  it.each<[string, () => Promise<Tokenizer>, string]>([
    ['no room for bytes', () => trainBPE('a', { vocabSize: 100 }), 'trainBPE: vocabSize is out of range. Got 100'],
    ['half a token', () => trainBPE('a', { vocabSize: 300.5 }), 'Got 300.5'],
    [
      'a special token twice',
      () => trainBPE('a', { vocabSize: 300, specialTokens: ['x', 'x'] }),
      'must differ. Got "x"',
    ],
    [
      'no room for characters',
      () => trainWordPiece('abc', { vocabSize: 5 }),
      'trainWordPiece: vocabSize is out of range',
    ],
    [
      'no [SEP]',
      () => trainWordPiece('a', { vocabSize: 90, specialTokens: ['[UNK]', '[CLS]'] }),
      'expected [SEP] among them',
    ],
    [
      'no unknown token',
      () => trainUnigram('a', { vocabSize: 9, specialTokens: ['<s>'] }),
      'Got ["<s>"]; expected <unk> among them',
    ],
    [
      'a name of a pattern that is cut short',
      () => trainBPE('a', { vocabSize: 300, pattern: 'cl100k' }),
      'trainBPE: there is no pattern of that name. Got "cl100k"; expected one of gpt2, gpt-2, r50k_base',
    ],
    [
      'an option of another library',
      () => trainBPE('a', { vocabSize: 300, special_tokens: ['<s>'] } as { vocabSize: number }),
      "trainBPE: no such option. Got 'special_tokens'; expected one of vocabSize, specialTokens, onProgress, minFrequency, pattern. Did you mean 'specialTokens'?",
    ],
    [
      'no options',
      () => (trainUnigram as (text: string) => Promise<Tokenizer>)('a'),
      'trainUnigram: there are no options. Got undefined; expected an object with vocabSize',
    ],
    ['the nearest name', () => trainBPE('a', { vocabSize: 300, pattern: 'Smolm' }), "Did you mean 'smollm'?"],
    ['a name near none', () => trainBPE('a', { vocabSize: 300, pattern: 'words' }), 'Choose one.'],
    [
      'ranks with such a name',
      async () => tokenizerFromTiktoken(`${btoa('a')} 0`, { pattern: 'o200k' }),
      'tokenizerFromTiktoken: there is no pattern of that name. Got "o200k"',
    ],
    ['a pattern that is none', () => trainBPE('a', { vocabSize: 300, pattern: '(' }), 'cannot be read'],
  ])('%s', async (_, train, part) => {
    const error: unknown = await train().catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(TokenizerError);
    expect((error as Error).message).toContain(part);
  });

  it('of no text only what must be there is learned', async () => {
    expect((await trainBPE([], { vocabSize: 300 })).vocabSize).toBe(256);
    expect((await trainUnigram('', { vocabSize: 9 })).vocabSize).toBe(3);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer, trainBPE } from '@gai/tokenizers';
import { writeGguf } from '../../../packages/transformer/test/gguf-writer.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { mergeStep } from '../.vitepress/components/bpe-merges.ts';
import { CORPUS } from '../.vitepress/components/tokenizer-corpus.ts';
import { tokenizerOfFiles } from '../.vitepress/components/tokenizer-files.ts';
import type { NamedBlob } from '../.vitepress/components/tokenizer-files.ts';
import { modelOf, readText, visible } from '../.vitepress/components/tokenizer-reading.ts';
import { learnAll } from '../.vitepress/components/tokenizer-training.ts';
import { wordLattice } from '../.vitepress/components/unigram-lattice.ts';
import { longestMatches, plainWord } from '../.vitepress/components/word-piece-matches.ts';

/** A Unigram of SentencePiece. */
const PIECES = join(import.meta.dirname, '../../../packages/tokenizers/test/fixtures/formats/unigram.model');
const WORDS = ['lowest', 'weaverless', 'unreadable', 'teachers', 'slowest', 'x', 'tokenizers', 'readingroom'];
let kinds: Record<string, Tokenizer>;

beforeAll(async () => {
  const learned = await learnAll(CORPUS, 500);
  kinds = Object.fromEntries(learned.map(({ name, tokenizer }) => [name, tokenizer!]));
});

describe('tokenizers of the page', () => {
  const text = 'The lowest café: 東 🙂\n1234';

  it('read a text and say where each token comes from', () => {
    const { chips, isSame, charactersPerToken } = readText(kinds['BPE']!, text);
    expect(isSame).toBe(true);
    expect(charactersPerToken).toBeCloseTo([...text].length / chips.length);
    expect(chips[0]).toMatchObject({ token: 'The', text: 'The', start: 0, end: 3, part: undefined });
    expect(chips.filter(({ text }) => text === '東').map(({ part }) => part)).toEqual(['1/3', '2/3', '3/3']);
    expect(chips.filter(({ text }) => text === '🙂').map(({ part }) => part)).toEqual(['1/4', '2/4', '3/4', '4/4']);
  });

  it('count tokens that share a character, with what stands before it', () => {
    const tokenizer = Tokenizer.fromJSON({
      ...kinds['BPE']!.toJSON(),
      model: {
        ...modelOf(kinds['Bytes']!),
        vocab: { ...modelOf(kinds['Bytes']!).vocab!, Ġæ: 256 },
        merges: [['Ġ', 'æ']],
      },
    });
    const { chips } = readText(tokenizer, 'a 東');
    expect(chips.map(({ text, part }) => [text, part])).toEqual([
      ['a', undefined],
      [' 東', '1/3'],
      ['東', '2/3'],
      ['東', '3/3'],
    ]);
  });

  it('differ in what they do not know and what comes back', () => {
    const facts = Object.entries(kinds).map(([name, tokenizer]) => {
      const { unknown, isSame, decoded } = readText(tokenizer, text);
      return [name, unknown, isSame, visible(decoded)];
    });
    expect(facts).toMatchInlineSnapshot(`
      [
        [
          "Characters",
          3,
          false,
          "The␣lowest␣caf<unk>:␣<unk>␣<unk>⏎1234",
        ],
        [
          "Bytes",
          0,
          true,
          "The␣lowest␣café:␣東␣🙂⏎1234",
        ],
        [
          "BPE",
          0,
          true,
          "The␣lowest␣café:␣東␣🙂⏎1234",
        ],
        [
          "WordPiece",
          3,
          false,
          "the␣lowest␣cafe␣:␣[UNK]␣[UNK]␣[UNK]",
        ],
        [
          "Unigram",
          3,
          false,
          "The␣lowest␣caf<unk>:␣<unk>␣<unk>⏎1234",
        ],
      ]
    `);
  });

  it('have the sizes that were asked for, or say why not', async () => {
    expect(Object.values(kinds).map(({ vocabSize }) => vocabSize)).toEqual([52, 256, 500, 500, 394]);
    const learned = await learnAll('日月火水木金土', 8);
    expect(learned.map(({ name, error }) => [name, error.split('.')[0]])).toEqual([
      ['Characters', ''],
      ['Bytes', ''],
      ['BPE', 'trainBPE: vocabSize is out of range'],
      ['WordPiece', 'trainWordPiece: vocabSize is out of range'],
      ['Unigram', 'trainUnigram: vocabSize is out of range'],
    ]);
  });

  it('are not learned twice from the same, as long as it is kept', () => {
    const first = learnAll('a b', 300);
    const others = [301, 302].map((vocabSize) => learnAll('a b', vocabSize));
    expect(learnAll('a b', 300)).toBe(first);
    learnAll('a b', 303);
    expect(learnAll('a b', 302)).toBe(others[1]);
    expect(learnAll('a b', 300)).not.toBe(first);
  });

  it('have nothing to say of an empty text', () => {
    expect(readText(kinds['Unigram']!, '')).toMatchObject({ chips: [], charactersPerToken: 0, isSame: true });
  });
});

describe('merges, one by one', () => {
  it('take the most frequent pair every time', async () => {
    const corpus = CORPUS.slice(0, 1500);
    const bpe = await trainBPE(corpus, { vocabSize: 340 });
    const merges = modelOf(bpe).merges!;
    merges.forEach((merge, done) => {
      const { next, pairs } = mergeStep(bpe, done, { corpus, text: '' });
      expect([next!.left, next!.right]).toEqual(merge);
      expect(next!.count).toBe(Math.max(...pairs.map(({ count }) => count)));
    });
    const { next, reading, total } = mergeStep(bpe, merges.length, { corpus, text: 'the river' });
    expect(next).toBeUndefined();
    expect(total).toBe(84);
    expect(reading.chips.map(({ id }) => id)).toEqual(bpe.encode('the river').ids);
  });

  it('begin with bytes', () => {
    const { reading, next } = mergeStep(kinds['BPE']!, 0, { corpus: CORPUS, text: 'the' });
    expect(reading.chips.map(({ token }) => token)).toEqual(['t', 'h', 'e']);
    expect(next!.count).toBe(CORPUS.split(`${next!.left}${next!.right}`.replace('Ġ', ' ')).length - 1);
  });
});

it.each(WORDS)('WordPiece takes the longest piece: %s', (word) => {
  const wordPiece = kinds['WordPiece']!;
  const matches = longestMatches(wordPiece, plainWord(word));
  const tokens = matches.some(({ taken }) => taken === undefined) ? ['[UNK]'] : matches.map(({ taken }) => taken);
  expect(tokens).toEqual(wordPiece.encode(word, { addSpecialTokens: false }).tokens);
  for (const { tried } of matches) for (const piece of tried) expect(wordPiece.tokenToId(piece)).toBeUndefined();
});

it('takes a word as the vocabulary spells it', () => {
  expect(plainWord(' Café-Bar')).toBe('cafe');
  expect(plainWord('…')).toBe('');
  expect(longestMatches(kinds['WordPiece']!, '東')).toEqual([{ tried: ['東'], taken: undefined }]);
});

it.each(WORDS)('Unigram takes the most likely way: %s', (word) => {
  const unigram = kinds['Unigram']!;
  const { ways, pieces, count } = wordLattice(unigram, word);
  const { tokens, ids } = unigram.encode(word);
  if (ways.length === 0) expect(ids).toContain(unigram.tokenToId('<unk>'));
  else expect(ways[0]!.pieces.map(({ text }) => text)).toEqual(tokens);
  expect(count).toBeGreaterThanOrEqual(ways.length);
  expect(ways.map(({ score }) => score)).toEqual(ways.map(({ score }) => score).sort((a, b) => b - a));
  for (const { text, score } of pieces) expect([text, score]).toEqual([text, expect.any(Number)]);
});

describe('files of the reader', () => {
  const file = (name: string, content: string | Uint8Array<ArrayBuffer>): NamedBlob =>
    Object.assign(new Blob([content]), { name });

  it.each([
    ['tokenizer.json', JSON.stringify({ model: { type: 'WordLevel', vocab: { '?': 0, low: 1 }, unk_token: '?' } })],
    ['of my own.json', JSON.stringify({ model: { type: 'WordLevel', vocab: { '?': 0, low: 1 }, unk_token: '?' } })],
    ['vocab.txt', '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nlow'],
    ['bert-vocab.txt', '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nlow'],
    ['cl100k_base.tiktoken', [...'low'].map((letter, rank) => `${btoa(letter)} ${rank}`).join('\n')],
    ['qwen.tiktoken', [...'low'].map((letter, rank) => `${btoa(letter)} ${rank}`).join('\n')],
  ])('%s is read', async (name, content) => {
    const { decoded } = readText(await tokenizerOfFiles([file(name, content)]), 'low');
    expect(decoded).toBe('low');
  });

  it('a .tiktoken has the special tokens of its encoding', async () => {
    const ranks = [...'low'].map((letter, rank) => `${btoa(letter)} ${rank}`).join('\n');
    const tokenizer = await tokenizerOfFiles([file('cl100k_base.tiktoken', ranks)]);
    expect(tokenizer.tokenToId('<|endoftext|>')).toBe(100257);
  });

  it('a .gguf is read by its header', async () => {
    const header = {
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'smollm',
      'tokenizer.ggml.tokens': ['l', 'o', 'w', 'lo', 'low'],
      'tokenizer.ggml.token_type': [1, 1, 1, 1, 1],
      'tokenizer.ggml.merges': ['l o', 'lo w'],
    };
    const tokenizer = await tokenizerOfFiles([file('model.gguf', writeGguf(header, new Map()))]);
    expect(tokenizer.encode('low').ids).toEqual([4]);
  });

  it('spiece.model is read, whatever it is called', async () => {
    const bytes = new Uint8Array(readFileSync(PIECES));
    const texts = await Promise.all(
      ['spiece.model', 'my.model'].map(async (name) => {
        const { decoded, chips } = readText(await tokenizerOfFiles([file(name, bytes)]), 'low');
        return [decoded, chips.length > 0];
      }),
    );
    expect(texts).toEqual([
      ['low', true],
      ['low', true],
    ]);
  });

  it('two files that belong together are read together', async () => {
    const files = [file('vocab.json', '{"l":0,"o":1,"lo":2}'), file('merges.txt', '#version: 0.2\nl o\n')];
    expect((await tokenizerOfFiles(files)).encode('lo').ids).toEqual([2]);
  });

  it.each([
    ['photo.png', 'x', /there is no tokenizer.*expected one of tokenizer\.json/],
    ['model.gguf', 'x', /openGguf/],
    ['strange.tiktoken', 'YQ== 0', /strange/],
    ['tokenizer.json', '{', /JSON/],
  ])('%s is refused in a line', async (name, content, message) => {
    await expect(tokenizerOfFiles([file(name, content)])).rejects.toThrow(message);
  });

  it('reads what the page itself saves', async () => {
    const saved = JSON.stringify(kinds['Unigram']!.toJSON());
    const opened = await tokenizerOfFiles([file('tokenizer.json', saved)]);
    expect(readText(opened, 'lowest')).toEqual(readText(kinds['Unigram']!, 'lowest'));
  });
});

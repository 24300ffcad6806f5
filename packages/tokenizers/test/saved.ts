import { readFileSync } from 'node:fs';
import {
  Tokenizer,
  characterTokenizer,
  tokenizerFromFolder,
  tokenizerFromGGUF,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
} from '../src/index.ts';

const read = (name: string): Buffer => readFileSync(new URL(`fixtures/formats/${name}`, import.meta.url));

const folder = (files: Readonly<Record<string, Buffer | object>>): Promise<Tokenizer> =>
  tokenizerFromFolder(async (name) => {
    const file = files[name];
    return file === undefined || file instanceof Buffer ? file : Buffer.from(JSON.stringify(file));
  });

const ranks = (pattern: string, id: number): Tokenizer =>
  tokenizerFromTiktoken(read('ranks.tiktoken').toString(), { pattern, specialTokens: { '<|endoftext|>': id } });

/** A tokenizer of each older format, to be saved as a tokenizer.json. */
export const SAVED: Readonly<Record<string, () => Tokenizer | Promise<Tokenizer>>> = {
  't5 folder': () =>
    folder({
      'spiece.model': read('unigram-plain.model'),
      'tokenizer_config.json': { tokenizer_class: 'T5Tokenizer', extra_ids: 3 },
    }),
  unigram: () => tokenizerFromSentencePiece(read('unigram.model')),
  'unigram with bytes': () => tokenizerFromSentencePiece(read('unigram-bytes.model'), { addEos: true }),
  'unigram without a table': () => tokenizerFromSentencePiece(read('unigram-plain.model')),
  'pairs of SentencePiece': () => tokenizerFromSentencePiece(read('bpe.model')),
  'pairs of SentencePiece with bytes': () => tokenizerFromSentencePiece(read('bpe-bytes.model'), { addBos: true }),
  cl100k_base: () => ranks('cl100k_base', 419),
  o200k_base: () => ranks('o200k_base', 419),
  'ranks with a gap': () => ranks('qwen2', 1000),
  'gpt2 folder': () =>
    folder({
      'vocab.json': read('gpt2.vocab.json'),
      'merges.txt': read('gpt2.merges.txt'),
      'added_tokens.json': { '<extra>': 500, XYZ: 421 },
    }),
  'bert folder': () => folder({ 'vocab.txt': read('vocab.txt') }),
  GGUF: () =>
    tokenizerFromGGUF({
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'smollm',
      'tokenizer.ggml.tokens': ['<|end|>', 't', 'h', 'e', 'c', 'a', 'Ġ', 's', 'th', 'the', '1', '2'],
      'tokenizer.ggml.token_type': [3, ...Array.from({ length: 11 }, () => 1)],
      'tokenizer.ggml.merges': ['t h', 'th e'],
    }),
  characters: () => characterTokenizer('to be or not to be 日本'),
};

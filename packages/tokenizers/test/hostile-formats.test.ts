import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  TokenizerError,
  tokenizerFromFolder,
  tokenizerFromGGUF,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
} from '../src/index.ts';
import type { Tokenizer } from '../src/index.ts';
import { mulberry32 } from './texts.ts';

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`fixtures/formats/${name}`, import.meta.url));
const MUTATIONS = process.env['GAI_FULL'] === '1' ? 10_000 : 500;
const TEXT = 'The cat 日本 😀 e\u0301 <s> [MASK] 123\n\u0000 running';

const folder = (files: Record<string, Uint8Array>): Promise<Tokenizer> =>
  tokenizerFromFolder(async (name) => files[name]);

const FORMATS: [string, string, (bytes: Uint8Array) => Promise<Tokenizer>][] = [
  ['a model of SentencePiece', 'unigram.model', async (bytes) => tokenizerFromSentencePiece(bytes)],
  ['its BPE', 'bpe-bytes.model', (bytes) => folder({ 'tokenizer.model': bytes })],
  [
    'ranks',
    'ranks.tiktoken',
    async (bytes) => tokenizerFromTiktoken(new TextDecoder().decode(bytes), { pattern: 'cl100k_base' }),
  ],
  ['vocab.txt', 'vocab.txt', (bytes) => folder({ 'vocab.txt': bytes })],
  [
    'merges.txt',
    'gpt2.merges.txt',
    (bytes) => folder({ 'merges.txt': bytes, 'vocab.json': bytesOf('gpt2.vocab.json') }),
  ],
  [
    'vocab.json',
    'gpt2.vocab.json',
    (bytes) => folder({ 'vocab.json': bytes, 'merges.txt': bytesOf('gpt2.merges.txt') }),
  ],
];

/** Changes bytes, cuts, repeats or moves parts. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const length = Math.floor(random() * 40);
  const action = random();
  const part = bytes.subarray(at, at + length);
  if (action < 0.5) return bytes.with(at, Math.floor(random() * 256));
  if (action < 0.65) return bytes.slice(0, at);
  if (action < 0.8) return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
  const to = Math.floor(random() * bytes.length);
  return Uint8Array.from([...bytes.subarray(0, to), ...part, ...bytes.subarray(to)]);
}

it.each(FORMATS)(
  `${MUTATIONS} changed files: %s`,
  async (_, file, read) => {
    const random = mulberry32(19);
    const whole = new Uint8Array(bytesOf(file));
    let refused = 0;
    for (let count = 0; count < MUTATIONS; count++) {
      let bytes: Uint8Array = whole;
      for (let times = 0; times <= random() * 3; times++) bytes = mutate(bytes, random);
      try {
        const tokenizer = await read(bytes);
        const { ids, offsets } = tokenizer.encode(TEXT);
        expect(offsets.every(([start, end]) => 0 <= start && start <= end && end <= TEXT.length)).toBe(true);
        tokenizer.decode(ids);
      } catch (error) {
        if (!TokenizerError.isInstance(error)) throw error;
        expect(error.message).toMatch(/^(fromFolder|fromJSON|encode): .+\. .*Got .+; expected .+\./s);
        refused += 1;
      }
    }
    expect(refused).toBeLessThan(MUTATIONS);
  },
  900_000,
);

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  2n ** 60n,
  '',
  'x',
  'llama',
  'llama3',
  [],
  {},
  [['a']],
  [null],
  ['a a a'],
];

/** Headers of a GGUF, kind by kind. */
const HEADERS = ['gpt2', 'llama', 't5', 'bert'].map((model) => ({
  model,
  pre: 'smollm',
  tokens: ['<unk>', '<s>', '</s>', '[CLS]', '[SEP]', '[UNK]', 'a', 'b', 'ab', '▁', '<0x41>'],
  token_type: [2, 3, 3, 3, 3, 2, 1, 1, 1, 1, 6],
  scores: [0, 0, 0, 0, 0, 0, -1, -2, -3, -4, -5],
  merges: ['a b'],
  bos_token_id: 1,
  eos_token_id: 2n,
  cls_token_id: 3,
  seperator_token_id: 4,
  unknown_token_id: 5,
  add_bos_token: true,
  precompiled_charsmap: [],
}));

it(`${MUTATIONS} changed headers of a GGUF`, () => {
  const random = mulberry32(23);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let refused = 0;
  for (let count = 0; count < MUTATIONS; count++) {
    const header: Record<string, unknown> = structuredClone(HEADERS[count % HEADERS.length]!);
    for (let times = 0; times <= random() * 3; times++) {
      const key = pick(Object.keys(header));
      const value = header[key];
      if (random() < 0.2) delete header[key];
      else if (Array.isArray(value) && value.length > 0 && random() < 0.6)
        value[Math.floor(random() * value.length)] = pick(VALUES);
      else header[key] = pick(VALUES);
    }
    try {
      const metadata = Object.fromEntries(
        Object.entries(header).map(([key, value]) => [`tokenizer.ggml.${key}`, value]),
      );
      const tokenizer = tokenizerFromGGUF(metadata);
      tokenizer.decode(tokenizer.encode(TEXT).ids);
    } catch (error) {
      if (!TokenizerError.isInstance(error)) throw error;
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(MUTATIONS / 10);
  expect(refused).toBeLessThan(MUTATIONS);
});

describe('bad files', () => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const ggml = (fields: object): object =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [`tokenizer.ggml.${name}`, value]));

  it.each<[string, () => Promise<unknown>, string]>([
    ['an empty folder', () => folder({}), 'there is no tokenizer'],
    ['an empty vocab.txt', () => folder({ 'vocab.txt': text('') }), 'vocab.txt has no tokens'],
    ['no unknown token', () => folder({ 'vocab.txt': text('a\nb') }), 'model.unk_token'],
    [
      'a merge of three',
      () => folder({ 'vocab.json': text('{"a":0}'), 'merges.txt': text('#version: 0.2\na a a') }),
      'a line of merges.txt is no merge',
    ],
    [
      'a class nobody knows',
      () =>
        folder({
          'vocab.json': text('{}'),
          'merges.txt': text(''),
          'tokenizer_config.json': text('{"tokenizer_class":"OracleTokenizer"}'),
        }),
      "Got 'OracleTokenizer'",
    ],
    [
      'settings that are no JSON',
      () => folder({ 'tokenizer_config.json': text('{') }),
      'tokenizer_config.json is no JSON',
    ],
    ['a cut message', async () => tokenizerFromSentencePiece(bytesOf('bpe.model').subarray(0, -3)), 'Protocol Buffers'],
    ['a message of nothing', async () => tokenizerFromSentencePiece(new Uint8Array()), 'the file has no tokens'],
    ['a rank twice', async () => tokenizerFromTiktoken('YQ== 0\nYg== 0', { pattern: 'llama3' }), 'line 2 of the ranks'],
    ['no base64', async () => tokenizerFromTiktoken('%% 0', { pattern: 'llama3' }), 'line 1 of the ranks'],
    ['no pattern', async () => tokenizerFromTiktoken('YQ== 0', { pattern: '(' }), 'cannot be read'],
    ['a GGUF without tokenizer', async () => tokenizerFromGGUF({}), 'tokenizer.ggml.model'],
    ['a GGUF of an unknown kind', async () => tokenizerFromGGUF(ggml({ model: 'rwkv' }) as never), "model 'rwkv'"],
    [
      'a GGUF of unknown words',
      async () => tokenizerFromGGUF(ggml({ model: 'gpt2', pre: 'oracle', tokens: ['a'], merges: [] }) as never),
      "tokenizer.ggml.pre 'oracle'",
    ],
    [
      'a GGUF whose first token is not there',
      async () => tokenizerFromGGUF(ggml({ model: 'llama', tokens: ['a'], bos_token_id: 7 }) as never),
      'there is no bos token',
    ],
  ])('%s', async (_, read, part) => {
    const error: unknown = await read().catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(TokenizerError);
    expect((error as Error).message).toContain(part);
  });
});

it('reads a file in time proportional to its length', () => {
  const cost = (count: number): number => {
    const lines = Array.from({ length: count }, (_, rank) => `${btoa(`${rank}-${rank * 7919}`)} ${rank}`).join('\n');
    const { user } = process.cpuUsage();
    tokenizerFromTiktoken(lines, { pattern: 'llama3' });
    return process.cpuUsage().user - user;
  };
  cost(2_000);
  const [short, long] = [cost(5_000), cost(40_000)];
  expect(long, `${short} and ${long} µs`).toBeLessThan(28 * Math.max(short, 20_000));
});

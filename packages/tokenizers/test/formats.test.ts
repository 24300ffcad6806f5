import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import {
  Tokenizer,
  tokenizerFromFolder,
  tokenizerFromGGUF,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
} from '../src/index.ts';
import type { EncodeOptions } from '../src/index.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { fixture, pinned, texts } from './texts.ts';

const parity = parityRecord(import.meta.url);

const bytesOf = (name: string): Uint8Array => readFileSync(new URL(`fixtures/formats/${name}`, import.meta.url));
const textOf = (name: string): string => readFileSync(new URL(`fixtures/formats/${name}`, import.meta.url), 'utf8');

/** A folder that is only names and contents. */
const folder = (files: Record<string, string | Uint8Array | object>): Promise<Tokenizer> =>
  tokenizerFromFolder(async (name) => {
    const file = files[name];
    if (file === undefined || file instanceof Uint8Array) return file;
    return new TextEncoder().encode(typeof file === 'string' ? file : JSON.stringify(file));
  });

const pairs = (kind: string, files: Record<string, object> = {}): Promise<Tokenizer> =>
  folder({ 'vocab.json': textOf(`${kind}.vocab.json`), 'merges.txt': textOf(`${kind}.merges.txt`), ...files });

const bert = (config: object): Promise<Tokenizer> =>
  folder({ 'vocab.txt': textOf('vocab.txt'), 'tokenizer_config.json': config });

const mask = { content: '<mask>', lstrip: true, normalized: false, rstrip: false, single_word: false };
const asText: EncodeOptions = { splitSpecialTokens: true };

const KINDS: Record<string, [make: () => Tokenizer | Promise<Tokenizer>, options?: EncodeOptions]> = {
  'bert-lower': [() => bert({})],
  'bert-plain': [
    () =>
      bert({
        do_lower_case: false,
        strip_accents: false,
        tokenize_chinese_chars: false,
        tokenizer_class: 'BertTokenizer',
      }),
  ],
  'bert-accents': [() => bert({ do_lower_case: false, strip_accents: true })],
  gpt2: [() => pairs('gpt2', { 'added_tokens.json': { '<extra>': 420, XYZ: 421 } })],
  'gpt2-space': [
    () => pairs('gpt2', { 'tokenizer_config.json': { tokenizer_class: 'GPT2Tokenizer', add_prefix_space: true } }),
  ],
  roberta: [
    () =>
      pairs('roberta', {
        'special_tokens_map.json': { bos_token: '<s>', eos_token: '</s>', mask_token: mask },
        'tokenizer_config.json': { tokenizer_class: 'RobertaTokenizer' },
      }),
  ],
  qwen2: [
    () =>
      pairs('gpt2', {
        'tokenizer_config.json': { tokenizer_class: 'Qwen2Tokenizer', additional_special_tokens: ['<|end|>'] },
      }),
  ],
  unigram: [() => folder({ 'spiece.model': bytesOf('unigram.model') }), asText],
  'unigram-bytes': [() => tokenizerFromSentencePiece(bytesOf('unigram-bytes.model')), asText],
  'unigram-plain': [() => tokenizerFromSentencePiece(bytesOf('unigram-plain.model')), asText],
  bpe: [() => tokenizerFromSentencePiece(bytesOf('bpe.model')), asText],
  'bpe-bytes': [() => folder({ 'tokenizer.model': bytesOf('bpe-bytes.model') }), asText],
  cl100k: [
    () =>
      tokenizerFromTiktoken(textOf('ranks.tiktoken'), {
        pattern: 'cl100k_base',
        specialTokens: { '<|endoftext|>': 1000, '<|end|>': 1001 },
      }),
  ],
  o200k: [() => tokenizerFromTiktoken(textOf('ranks.tiktoken'), { pattern: 'o200k_base' })],
  llama3: [
    () =>
      folder({
        'tokenizer.model': textOf('ranks.tiktoken'),
        'tokenizer_config.json': { added_tokens_decoder: { 999: { content: '<|end|>', special: true } } },
      }),
  ],
};

const expected = fixture<Record<string, { seed: number; checks: string; first: number[][] }>>('formats/expected.json');

/** The library that reads such files, which made the ids. */
function libraryOf(kind: string): string {
  if (/^(unigram|bpe)/.test(kind)) return 'sentencepiece';
  return /^(cl100k|o200k|llama3)/.test(kind) ? 'tiktoken' : 'transformers';
}

describe.each(Object.keys(expected))('%s', (kind) => {
  it('gives 2,000 texts the ids of its own library', async () => {
    const [make, options] = KINDS[kind]!;
    const tokenizer = await make();
    const { seed, checks, first } = expected[kind]!;
    const all = [...texts(seed)].map((text) => ({ text, ids: tokenizer.encode(text, options).ids }));
    expect(all.slice(0, first.length)).toEqual(first.map((ids, index) => ({ text: all[index]!.text, ids })));
    const wrong = all.filter(({ ids }, index) => {
      const sum = crc32(JSON.stringify(ids)).toString(16).padStart(8, '0');
      return sum !== checks.slice(index * 8, index * 8 + 8);
    });
    expect(wrong.slice(0, 3), `${wrong.length} of 2,000`).toEqual([]);
    const reference = pinned('make_formats.py', libraryOf(kind));
    parity.add({
      group: 'older files',
      name: kind,
      compared: 'texts',
      count: all.length,
      largest: 0,
      tolerance: 0,
      reference,
    });
  });
});

describe('the tokenizer inside a GGUF', () => {
  it.each([
    ['smollm', 'smollm'],
    ['gpt2', 'gpt-2'],
  ])('%s', (kind, pre) => {
    const json = fixture<{ model: { vocab: Record<string, number>; merges: [string, string][] } }>(
      `${kind}.tokenizer.json`,
    );
    const tokens = Object.keys(json.model.vocab).sort((a, b) => json.model.vocab[a]! - json.model.vocab[b]!);
    const tokenizer = tokenizerFromGGUF({
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': pre,
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.token_type': Int32Array.from(tokens, () => 1),
      'tokenizer.ggml.merges': json.model.merges.map((merge) => merge.join(' ')),
    });
    const text = "The cat don't 日本 12 cats 😀\n";
    expect(tokenizer.encode(text).ids).toEqual(Tokenizer.fromJSON(json).encode(text).ids);
  });

  it.each([
    ['unigram-bytes', 't5'],
    ['bpe-bytes', 'llama'],
  ])('%s of SentencePiece', async (kind, name) => {
    const whole = tokenizerFromSentencePiece(bytesOf(`${kind}.model`));
    const { model } = whole.toJSON() as { model: { vocab: [string, number][] | Record<string, number> } };
    const isUnigram = Array.isArray(model.vocab);
    const tokens = Array.from({ length: whole.vocabSize }, (_, id) => whole.idToToken(id)!);
    const control = ['<unk>', '<s>', '</s>'];
    const type = (token: string): number => {
      if (control.includes(token)) return token === '<unk>' ? 2 : 3;
      return /^<0x..>$/.test(token) ? 6 : 1;
    };
    const tokenizer = tokenizerFromGGUF({
      'tokenizer.ggml.model': name,
      'tokenizer.ggml.tokens': tokens,
      'tokenizer.ggml.scores': isUnigram
        ? (model.vocab as [string, number][]).map(([, score]) => score)
        : tokens.map((_, id) => -id),
      'tokenizer.ggml.token_type': tokens.map(type),
      'tokenizer.ggml.bos_token_id': 1,
      'tokenizer.ggml.eos_token_id': 2n,
    });
    const { seed, first } = expected[kind]!;
    const ids = [...texts(seed, first.length)].map((text) => tokenizer.encode(text, asText).ids);
    expect(ids).toEqual(first.map((row) => (isUnigram ? [...row, 2] : [1, ...row])));
  });

  it('of BERT', () => {
    const lines = textOf('vocab.txt').trimEnd().split('\n');
    const mark = (token: string): string => (token.startsWith('##') ? token.slice(2) : `▁${token}`);
    const tokenizer = tokenizerFromGGUF({
      'tokenizer.ggml.model': 'bert',
      'tokenizer.ggml.tokens': lines.map((token) => (/^\[[A-Z]+\]$/.test(token) ? token : mark(token))),
      'tokenizer.ggml.token_type': lines.map((token) => (/^\[[A-Z]+\]$/.test(token) ? 3 : 1)),
      'tokenizer.ggml.cls_token_id': lines.indexOf('[CLS]'),
      'tokenizer.ggml.seperator_token_id': lines.indexOf('[SEP]'),
    });
    const { seed, first } = expected['bert-lower']!;
    expect([...texts(seed, first.length)].map((text) => tokenizer.encode(text).ids)).toEqual(first);
  });
});

test('the page on parity lists these cases', ({ task }) => parity.finish(task));

describe("SentencePiece's model alone, of a family that has other ids", () => {
  const of = (files: Readonly<Record<string, object>>) => {
    const texts = Object.entries(files).map(([name, json]) => [name, JSON.stringify(json)]);
    return folder({ 'spiece.model': bytesOf('unigram.model'), ...Object.fromEntries(texts) });
  };

  it.each([
    [{ 'tokenizer_config.json': { tokenizer_class: 'AlbertTokenizer' } }, 'Got "AlbertTokenizer"'],
    [{ 'tokenizer_config.json': { tokenizer_class: 'MarianTokenizer' } }, 'Got "MarianTokenizer"'],
    [{ 'config.json': { model_type: 'pegasus' } }, 'Got "pegasus"'],
    [{ 'config.json': { model_type: 'xlm-roberta' }, 'tokenizer_config.json': {} }, 'Got "xlm-roberta"'],
  ])('%j is refused', async (files, message) => {
    await expect(of(files)).rejects.toThrow(message);
  });

  it.each([
    {},
    { 'tokenizer_config.json': { tokenizer_class: 'T5Tokenizer' } },
    { 'config.json': { model_type: 'llama' } },
  ])('%j is read', async (files) => expect((await of(files)).encode('a').ids.length).toBeGreaterThan(0));
});

import { Readable } from 'node:stream';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenizeTexts } from '../src/tokenize/tokenize-texts.ts';
import { gai } from './support.ts';

const fixture = (name: string): string => join(import.meta.dirname, '../../../packages/tokenizers/test/fixtures', name);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gai-tokenize-'));
  await writeFile(join(folder, 'vocab.txt'), '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n');
  await writeFile(join(folder, 'broken.json'), '{');
  await writeFile(join(folder, 'text.txt'), 'no tokenizer');
  await writeFile(join(folder, 'cut.gguf'), 'GGUF\u0003');
  const ranks = Array.from({ length: 256 }, (_, byte) => `${Buffer.from([byte]).toString('base64')} ${byte}\n`).join(
    '',
  );
  for (const name of ['cl100k_base.tiktoken', 'own.tiktoken']) await writeFile(join(folder, name), ranks);
  await mkdir(join(folder, 'qwen'));
  await writeFile(join(folder, 'qwen', 'qwen.tiktoken'), ranks);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('gai tokenize', () => {
  it('gives ids, tokens and offsets of each text to machines', async () => {
    const { code, stdout } = await gai('tokenize', folder, 'The cats', 'cat', '--offsets', '--json');
    expect(code).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      {
        ids: [2, 5, 6, 7, 3],
        tokens: ['[CLS]', 'the', 'cat', '##s', '[SEP]'],
        offsets: [
          [0, 0],
          [0, 3],
          [4, 7],
          [7, 8],
          [0, 0],
        ],
      },
      {
        ids: [2, 6, 3],
        tokens: ['[CLS]', 'cat', '[SEP]'],
        offsets: [
          [0, 0],
          [0, 3],
          [0, 0],
        ],
      },
    ]);
  });

  it('shows them to people', async () => {
    const { stdout } = await gai('tokenize', join(folder, 'vocab.txt'), 'cats', '--offsets', '--no-special-tokens');
    expect(stdout).toContain('2 tokens\n');
    expect(stdout).toMatch(/6 {2}"cat" +0-3 {2}"cat"\n +7 {2}"##s" +3-4 {2}"s"\n/);
  });

  it('takes the lines of the input', async () => {
    let stdout = '';
    const write = (text: string): void => void (stdout += text);
    const streams = { stdout: { write }, stderr: { write } };
    const options = { json: true, specialTokens: false, input: Readable.from(['the\ncat ', 'cats\n']) };
    await tokenizeTexts(folder, [], options, streams);
    expect(stdout).toBe('{"ids":[5],"tokens":["the"]}\n{"ids":[6,6,7],"tokens":["cat","cat","##s"]}\n');
  });

  it('reads a tokenizer.json and a model of SentencePiece', async () => {
    const first = await gai('tokenize', fixture('llama3.tokenizer.json'), 'a<|end|>', '--as-text', '--json');
    expect((JSON.parse(first.stdout) as { tokens: string[] }).tokens.slice(1)).not.toContain('<|end|>');
    const second = await gai('tokenize', fixture('formats/bpe.model'), 'the cat', '--json');
    expect((JSON.parse(second.stdout) as { tokens: string[] }).tokens.join('')).toBe('▁the▁cat');
  });

  it('reads ranks of tiktoken, whose name says what else there is', async () => {
    const ids = async (...args: string[]): Promise<number[]> => {
      const { code, stdout } = await gai('tokenize', ...args, "it's 1234 <|endoftext|>", '--json');
      expect(code).toBe(0);
      return (JSON.parse(stdout) as { ids: number[] }).ids;
    };
    const known = await ids(join(folder, 'cl100k_base.tiktoken'));
    expect(known.at(-1)).toBe(100_257);
    expect(await ids(join(folder, 'own.tiktoken'), '--encoding', 'cl100k_base')).toEqual(known);
    expect((await ids(join(folder, 'own.tiktoken'), '--encoding', 'gpt2')).at(-1)).toBe(50_256);
    expect((await ids(join(folder, 'qwen'))).at(-1)).toBe(151_643);
    expect(await gai('tokenize', join(folder, 'own.tiktoken'), 'a')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--encoding: gpt2, r50k_base, p50k_base, cl100k_base, o200k_base, qwen'),
    });
    const other = await gai('tokenize', folder, 'a', '--encoding', 'gpt2');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('--encoding is for files of ranks') });
  });

  it.each([
    ['nothing there', 'none', "tokenize: there is no such folder or file, and no model of that name. Got '"],
    ['broken JSON', 'broken.json', 'fromJSON: the text is no JSON'],
    ['no tokenizer', 'text.txt', "tokenize: not a tokenizer. Got '"],
    ['a cut GGUF', 'cut.gguf', 'openGguf: '],
  ])('refuses in one line: %s', async (_, name, message) => {
    const { code, stdout, stderr } = await gai('tokenize', join(folder, name), 'a');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain(message);
  });

  it('does not know other options', async () => {
    expect(await gai('tokenize', folder, 'a', '--offset')).toMatchObject({ code: 2 });
    expect(await gai('tokenize')).toMatchObject({ code: 2 });
  });
});

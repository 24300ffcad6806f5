import { readFile, rm, mkdtemp, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { nodeBackend } from '@gai/backend-node';
import { data, setDefaultBackend, tensor } from '@gai/core';
import { AutoModel } from '@gai/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embedTexts } from '../src/language/embed-texts.ts';
import { gai } from './support.ts';
import { SENTENCE_MODULES, writeFiles, writeModel } from './tiny-models.ts';

const SENTENCE_FILES = {
  'modules.json': SENTENCE_MODULES,
  '1_Pooling/config.json': { word_embedding_dimension: 12, pooling_mode_mean_tokens: true },
  'config_sentence_transformers.json': { prompts: { query: 'query: ' }, default_prompt_name: null },
};

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-embed-'));
  await writeModel(join(scratch, 'sentence'), 'bert', SENTENCE_FILES);
  await writeModel(join(scratch, 'plain'), 'bert');
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const vectorsOf = (stdout: string): number[][] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { embedding: number[] }).embedding);
const closest = (actual: readonly number[], expected: readonly number[]): number =>
  Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));

describe('gai embed', () => {
  it('gives what the model and its modules say, a line per text', async () => {
    const { code, stdout } = await gai('embed', join(scratch, 'sentence'), 'The cat', '--text', 'dogs sat', '--json');
    expect(code).toBe(0);
    const [first, second] = vectorsOf(stdout);
    expect(second).toHaveLength(12);
    setDefaultBackend(await nodeBackend());
    const model = await AutoModel.fromPretrained(join(scratch, 'sentence'));
    const hidden = model.forward(tensor([[2, 5, 6, 3]], { dtype: 'int32' })) as { lastHiddenState: never };
    const states = [...(await data(hidden.lastHiddenState))].map(Number);
    const mean = first!.map((_, i) => (states[i]! + states[12 + i]! + states[24 + i]! + states[36 + i]!) / 4);
    const length = Math.hypot(...mean);
    expect(
      closest(
        first!,
        mean.map((value) => value / length),
      ),
    ).toBeLessThan(1e-6);
  });

  it('gives the same for lines of the input, however many come in together', async () => {
    const texts = Array.from({ length: 41 }, (_, i) => ['the cat', 'a dog sat on the mat', '', 'cats'][i % 4]!);
    let stdout = '';
    const streams = { stdout: { write: (text: string) => (stdout += text) }, stderr: { write: () => undefined } };
    const input = Readable.from([`${texts.slice(0, 3).join('\n')}\nca`, `ts\r\n${texts.slice(4).join('\n')}`]);
    await embedTexts(join(scratch, 'plain'), [], { device: 'cpu', batchSize: 2, json: true, input }, streams);
    const together = await gai('embed', join(scratch, 'plain'), ...texts.slice(0, 4), '--json', '--batch-size', '7');
    const [many, few] = [vectorsOf(stdout), vectorsOf(together.stdout)];
    expect(many).toHaveLength(41);
    for (const [index, vector] of many.entries()) expect(closest(vector, few[index % 4]!)).toBeLessThan(1e-5);
  });

  it('puts the prefix of queries in front, and cuts texts', async () => {
    const of = async (...args: string[]): Promise<number[]> =>
      vectorsOf((await gai('embed', join(scratch, 'sentence'), '--json', ...args)).stdout)[0]!;
    expect(await of('cat', '--purpose', 'query')).toEqual(await of('query: cat'));
    expect(await of('cat')).not.toEqual(await of('query: cat'));
    expect(await of('the cat sat', '--max-length', '4')).toEqual(await of('the cat'));
  });

  it('shows them to people', async () => {
    const { stdout } = await gai('embed', join(scratch, 'sentence'), 'the cat');
    expect(stdout).toMatch(/^( *-?\d\.\d{4}){4} … \(12\) {2}"the cat"\n$/);
  });

  it('leaves out fields of the configuration that have no effect, where somebody says so', async () => {
    const folder = join(scratch, 'more');
    await writeModel(folder, 'bert', SENTENCE_FILES);
    await patch(folder, { shrink: 2 });
    const { code, stdout } = await gai('embed', folder, 'a text', '--json', '--ignore-fields', 'shrink');
    expect({ code, count: vectorsOf(stdout).length }).toEqual({ code: 0, count: 1 });
  });

  const damage: readonly [what: string, change: (folder: string) => Promise<unknown>, message: string][] = [
    ['no folder', (folder) => rm(folder, { recursive: true }), 'embed: there is no such folder or file'],
    ['no tokenizer', (folder) => unlink(join(folder, 'vocab.txt')), 'there is no tokenizer'],
    ['a broken tokenizer', (folder) => writeFiles(folder, { 'tokenizer.json': '{' }), 'no JSON'],
    ['no configuration', (folder) => unlink(join(folder, 'config.json')), 'there is no configuration'],
    ['a broken configuration', (folder) => writeFiles(folder, { 'config.json': '[1]' }), 'a file cannot be read'],
    [
      'another family',
      (folder) => writeFiles(folder, { 'config.json': { model_type: 'mamba' } }),
      'Got model_type "mamba"',
    ],
    ['a field that is not known', (folder) => patch(folder, { shrink: 2 }), 'Got shrink: 2'],
    ['a size that does not fit', (folder) => patch(folder, { intermediate_size: 19 }), 'float32'],
    ['no weights', (folder) => unlink(join(folder, 'model.safetensors')), 'there are no weights'],
    ['cut weights', (folder) => writeFiles(folder, { 'model.safetensors': 'x' }), 'safetensors'],
    ['a broken modules.json', (folder) => writeFiles(folder, { 'modules.json': { a: 1 } }), 'no list of objects'],
    [
      'a module that is not known',
      (folder) => writeFiles(folder, { 'modules.json': [...SENTENCE_MODULES, { path: '3', type: 'x.CNN' }] }),
      'x.CNN',
    ],
    [
      'a way out of the folder',
      (folder) => writeFiles(folder, { 'modules.json': [{ path: '../..', type: 'x.Transformer' }] }),
      'the path "../.."',
    ],
    [
      'a pooling that is not known',
      (folder) => writeFiles(folder, { '1_Pooling/config.json': { pooling_mode_most: true } }),
      'pooling_mode_most',
    ],
  ];
  it.each(damage)('refuses in one line: %s', async (what, change, message) => {
    const folder = join(scratch, what.replaceAll(' ', '-'));
    await writeModel(folder, 'bert', SENTENCE_FILES);
    await change(folder);
    const { code, stdout, stderr } = await gai('embed', folder, 'a text', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
  });

  it.each([
    ['cut.gguf', 'GGUF', 'openGguf'],
    ['none.gguf', 'no such magic', 'openGguf'],
    ['model.safetensors', 'x', 'this file is no model'],
  ])('refuses the file %s', async (name, content, message) => {
    await writeFiles(scratch, { [name]: content });
    const { code, stdout, stderr } = await gai('embed', join(scratch, name), 'a', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  it.each([
    [[]],
    [['m', 'a', '--batch-size', '0']],
    [['m', 'a', '--batch-size', 'many']],
    [['m', 'a', '--max-length', '-1']],
    [['m', 'a', '--purpose', 'art']],
    [['m', 'a', '--device', 'abacus']],
    [['m', 'a', '--threads', '1.5']],
    [['m', 'a', '--jsonl']],
    [['m', '--text']],
  ])('wrong usage: %j', async (args) => {
    expect(await gai('embed', ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});

async function patch(folder: string, change: object): Promise<void> {
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
  await writeFiles(folder, { 'config.json': { ...config, ...change } });
}

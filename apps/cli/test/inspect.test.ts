import { mkdtemp, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gai } from './support.ts';
import { SENTENCE_MODULES, writeFiles, writeModel } from './tiny-models.ts';

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-inspect-'));
  for (const family of ['bert', 'llama', 't5'] as const) await writeModel(join(scratch, family), family);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Shown {
  readonly tokens: readonly string[];
  readonly attentions: readonly {
    readonly layer: number;
    readonly heads: readonly { readonly head: number; readonly weights: readonly (readonly number[])[] }[];
  }[];
}

describe('gai inspect attention', () => {
  it.each([
    ['bert', 2, 3, false],
    ['llama', 2, 4, true],
    ['t5', 2, 3, false],
  ])('%s: every layer and head, each row adding up to 1', async (family, layers, heads, isCausal) => {
    const { code, stdout } = await gai('inspect', 'attention', join(scratch, family), 'the cat sat', '--json');
    expect(code).toBe(0);
    const { tokens, attentions } = JSON.parse(stdout) as Shown;
    expect(tokens).toEqual(['[CLS]', 'the', 'cat', 'sat', '[SEP]']);
    expect(attentions.map(({ layer }) => layer)).toEqual(Array.from({ length: layers }, (_, index) => index));
    for (const { heads: own } of attentions) {
      expect(own).toHaveLength(heads);
      for (const { weights } of own) {
        for (const [query, row] of weights.entries()) {
          expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
          expect(row.slice(query + 1).every((weight) => weight === 0)).toBe(isCausal || query === 4);
        }
      }
    }
  });

  it('shows one head to people', async () => {
    const { stdout } = await gai(
      'inspect',
      'attention',
      join(scratch, 'llama'),
      'the cat',
      '--layer',
      '1',
      '--head',
      '2',
    );
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('layer 1, head 2');
    expect(lines[1]).toBe('  [CLS] │██      │ 1.00 [CLS]');
    expect(lines).toHaveLength(7);
  });

  it('shows of the whole what was asked for', async () => {
    const shown = async (...args: string[]): Promise<Shown> => {
      const { stdout } = await gai('inspect', 'attention', join(scratch, 'llama'), 'the cat', '--json', ...args);
      return JSON.parse(stdout) as Shown;
    };
    const whole = await shown();
    expect((await shown('--layer', '1')).attentions).toEqual([whole.attentions[1]]);
    const thirds = whole.attentions.map(({ layer, heads }) => ({ layer, heads: [heads[2]] }));
    expect((await shown('--head', '2')).attentions).toEqual(thirds);
    expect((await shown('--head', '2', '--layer', '0')).attentions).toEqual([thirds[0]]);
  });

  it('reads the tokenizer that stands beside the model of a folder of sentence-transformers', async () => {
    const folder = join(scratch, 'sentences');
    await writeModel(join(folder, '0_Transformer'), 'bert');
    const [first, ...others] = SENTENCE_MODULES;
    await writeFiles(folder, {
      'modules.json': [{ ...first, path: '0_Transformer' }, ...others],
      '1_Pooling/config.json': { pooling_mode: 'mean' },
      'vocab.txt': '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nother\n',
    });
    const { stdout } = await gai('inspect', 'attention', folder, 'the cat', '--json', '--layer', '0');
    expect((JSON.parse(stdout) as Shown).tokens).toEqual(['[CLS]', 'the', 'cat', '[SEP]']);
  });

  it('refuses more weights than fit into a file, and says which would', async () => {
    const args = ['inspect', 'attention', join(scratch, 'wide'), 'cat '.repeat(510)];
    await writeModel(join(scratch, 'wide'), 'wide');
    const { code, stdout, stderr } = await gai(...args, '--json');
    expect(stderr).toContain(
      'Got 2 layers of 33 heads for 512² pairs of tokens, 17301504 weights; expected at most 16777216. Choose one --layer',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const one = await gai(...args, '--json', '--layer', '1', '--head', '32');
    const { tokens, attentions } = JSON.parse(one.stdout) as Shown;
    expect(tokens).toHaveLength(512);
    expect(attentions.map(({ layer, heads }) => [layer, ...heads.map(({ head }) => head)])).toEqual([[1, 32]]);
    expect(attentions[0]!.heads[0]!.weights.map((row) => row.length)).toEqual(Array(512).fill(512));
  });

  const damage: readonly [what: string, change: (folder: string) => Promise<unknown>, message: string][] = [
    ['no folder', (folder) => rm(folder, { recursive: true }), 'there is no such folder or file'],
    ['no tokenizer', (folder) => unlink(join(folder, 'vocab.txt')), 'there is no tokenizer'],
    ['a broken tokenizer', (folder) => writeFiles(folder, { 'tokenizer.json': '{' }), 'no JSON'],
    ['no configuration', (folder) => unlink(join(folder, 'config.json')), 'there is no configuration'],
    ['a broken configuration', (folder) => writeFiles(folder, { 'config.json': '[]' }), 'a file cannot be read'],
    ['another family', (folder) => writeFiles(folder, { 'config.json': { model_type: 'mamba' } }), '"mamba"'],
    ['no weights', (folder) => unlink(join(folder, 'model.safetensors')), 'there are no weights'],
    ['broken weights', (folder) => writeFiles(folder, { 'model.safetensors': 'x' }), 'safetensors'],
    ['a field that is not known', (folder) => patch(folder, { shrink: 2 }), 'Got shrink: 2'],
  ];
  it.each(damage)('refuses in one line: %s', async (what, change, message) => {
    const folder = join(scratch, what.replaceAll(' ', '-'));
    await writeModel(folder, 'bert');
    await change(folder);
    const { code, stdout, stderr } = await gai('inspect', 'attention', folder, 'the cat', '--json');
    expect(stderr).toContain(message);
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
  });

  it.each([
    ['a text that is too long for the model', 'bert', 'cat '.repeat(20), 'the text is too long'],
    ['a text that is too long to show', 'llama', 'cat '.repeat(600), 'Got 602 tokens; expected 1 to 512'],
    ['a file', 'bert/vocab.txt', 'cat', 'this file is no model'],
  ])('refuses %s', async (_, model, text, message) => {
    const { code, stderr } = await gai('inspect', 'attention', join(scratch, model), text);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining(message) as string });
  });

  it.each([
    [['bert']],
    [['bert', 'cat', '--layer', '2']],
    [['bert', 'cat', '--head', '3']],
    [['bert', 'cat', '--layer', '-1']],
    [['bert', 'cat', '--heads', '1']],
  ])('wrong usage: %j', async ([model, ...args]) => {
    expect(await gai('inspect', 'attention', join(scratch, model!), ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});

async function patch(folder: string, change: object): Promise<void> {
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as object;
  await writeFiles(folder, { 'config.json': { ...config, ...change } });
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BertForMaskedLM, BertModel, LlamaForCausalLM, T5ForConditionalGeneration } from '@gai/transformer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Estimate } from '../src/language/estimate-text.ts';
import { gai } from './support.ts';
import { writeFiles } from './tiny-models.ts';

let scratch = '';
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-estimate-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function estimate(...args: string[]): Promise<Estimate> {
  const { code, stdout, stderr } = await gai('estimate', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Estimate;
}

async function ofConfig(config: object, ...args: string[]): Promise<Estimate> {
  await writeFiles(scratch, { 'config.json': config });
  return estimate(join(scratch, 'config.json'), '--speed', '100', ...args);
}

const GPT3 = { model_type: 'gpt2', n_embd: 12_288, n_layer: 96, n_head: 96, n_positions: 2048 };
const LLAMA = { vocab_size: 50, hidden_size: 16, intermediate_size: 24, num_hidden_layers: 3, num_attention_heads: 4 };

describe('gai estimate', () => {
  it.each([
    ['gpt-1', 116_534_784],
    ['gpt-2', 1_557_611_200],
    ['gpt-3', 174_604_259_328],
  ])('%s has %d parameters, without memory for them', async (preset, parameters) => {
    const before = process.memoryUsage().rss;
    const found = await estimate('--preset', preset, '--speed', '100');
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
    expect(found.parameters).toBe(parameters);
    expect(found.bytes).toEqual({ float32: 4 * parameters, float16: 2 * parameters, adam: 16 * parameters });
    expect(found.notDisclosed.length).toBeGreaterThan(0);
  });

  it('says so where nothing is disclosed', async () => {
    const found = await estimate('--preset', 'gpt-4');
    expect(found).toMatchObject({ parameters: null, bytes: null, flopsPerToken: null, seconds: null });
    expect((await gai('estimate', '--preset', 'gpt-4')).stdout).toContain('not disclosed  its parameters');
  });

  it('counts as the papers do: six operations per parameter and token to train GPT-3', async () => {
    const found = await ofConfig(GPT3, '--context', '1', '--tokens', '300000000000');
    expect(found.flopsPerToken!.train / (6 * 174.6e9)).toBeCloseTo(1, 2);
    // 3.14e23 operations in table D.1 of Brown et al. 2020.
    expect((found.flopsPerToken!.train * 300e9) / 3.14e23).toBeCloseTo(1, 1);
    expect(found.seconds!.perEpoch).toBeCloseTo((found.flopsPerToken!.train * 300e9) / 100e9, -3);
  });

  it('counts GPT-1 as its own configuration file has it, and operations by hand', async () => {
    const tiny = {
      model_type: 'openai-gpt',
      vocab_size: 11,
      n_positions: 8,
      n_embd: 6,
      n_layer: 2,
      n_head: 3,
      afn: 'gelu',
    };
    const found = await ofConfig(tiny);
    expect(found.parameters).toBe(11 * 6 + 8 * 6 + 2 * (12 * 36 + 13 * 6));
    expect(found.flopsPerToken).toEqual({
      run: 2 * (24 * 36 + 66) + 4 * 2 * 6 * 8,
      train: expect.any(Number),
      context: 8,
    });
  });

  it.each([
    [
      'llama',
      { ...LLAMA, model_type: 'llama' },
      () =>
        new LlamaForCausalLM({
          vocabSize: 50,
          hiddenSize: 16,
          intermediateSize: 24,
          numHiddenLayers: 3,
          numAttentionHeads: 4,
        }),
    ],
    [
      'bert',
      { ...LLAMA, model_type: 'bert', architectures: ['BertModel'] },
      () =>
        new BertModel({
          vocabSize: 50,
          hiddenSize: 16,
          intermediateSize: 24,
          numHiddenLayers: 3,
          numAttentionHeads: 4,
        }),
    ],
    [
      'bert',
      { ...LLAMA, model_type: 'bert' },
      () =>
        new BertForMaskedLM({
          vocabSize: 50,
          hiddenSize: 16,
          intermediateSize: 24,
          numHiddenLayers: 3,
          numAttentionHeads: 4,
        }),
    ],
    [
      't5',
      { model_type: 't5', vocab_size: 50, d_model: 8, d_kv: 4, d_ff: 12, num_layers: 2, num_heads: 2 },
      () => new T5ForConditionalGeneration({ vocabSize: 50, dModel: 8, dKv: 4, dFf: 12, numLayers: 2, numHeads: 2 }),
    ],
  ])('%s has as many as the model that is made', async (_, config, make) => {
    const parameters = [...make().namedParameters().values()];
    const count = parameters.reduce((sum, { shape }) => sum + shape.map(Number).reduce((a, b) => a * b, 1), 0);
    expect((await ofConfig(config)).parameters).toBe(count);
  });

  it('measures this machine, and shows everything to people', async () => {
    await writeFiles(scratch, { 'config.json': { ...LLAMA, model_type: 'llama' } });
    const { stdout } = await gai('estimate', scratch, '--threads', '1', '--device', 'cpu');
    expect(stdout).toMatch(/^class +LlamaForCausalLM\nparameters +[\d,]+ \(\d/);
    expect(stdout).toMatch(/this machine +[\d.]+ [GT]FLOP\/s \(measured/);
    expect(stdout).toMatch(/epoch +[\d.,]+ \S+ for 1 M tokens, at best\n$/);
  });

  const bad: readonly [what: string, content: unknown, message: string][] = [
    ['no JSON', '{', 'the file is no JSON'],
    ['a list', [1], 'the file holds no object'],
    ['nothing', '', 'the file is no JSON'],
    ['no kind', { n_embd: 4 }, 'Got model_type nothing'],
    [
      'another kind',
      { model_type: 'mamba' },
      'Got model_type "mamba"; expected one of albert, bart, bert, distilbert, electra, gpt2, llama, roberta, t5, openai-gpt',
    ],
    [
      'another class',
      { ...GPT3, architectures: ['GPT2DoubleHeadsModel'] },
      'Got "GPT2DoubleHeadsModel"; expected one of GPT2',
    ],
    ['a class of another family', { ...GPT3, architectures: ['BertModel'] }, 'Got model_type "gpt2"'],
    ['a field that is not known', { ...GPT3, shrink: 2 }, 'Got shrink: 2'],
    ['a negative size', { ...GPT3, n_embd: -4 }, 'nEmbd does not fit. Got -4'],
    ['a size that is none', { ...GPT3, n_embd: 'wide' }, 'nEmbd does not fit. Got "wide"'],
    ['heads that do not divide', { ...GPT3, n_head: 7 }, 'the features cannot be divided among the heads'],
    ['layers without end', { ...GPT3, n_layer: 1e9 }, 'Got 1000000000 layers; expected at most 10000'],
    ['a GPT-1 with layers without end', { model_type: 'openai-gpt', n_layer: 1e9 }, 'expected at most 10000'],
    ['features without end', { ...GPT3, n_embd: 98_304_000 }, 'Got 96 layers of 98304000 features'],
    ['words without end', { ...GPT3, vocab_size: 2 ** 52 }, 'Got a vocabulary of 4503599627370496'],
  ];
  it.each(bad)('refuses %s', async (_, content, message) => {
    await writeFiles(scratch, { 'bad.json': content });
    const { code, stdout, stderr } = await gai('estimate', join(scratch, 'bad.json'), '--speed', '1', '--json');
    expect(stderr).toContain(message);
    expect({ code, stdout, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
  });

  it('refuses what is not there', async () => {
    const { code, stderr } = await gai('estimate', join(scratch, 'none.json'));
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is no such folder or file') as string,
    });
    await writeFiles(scratch, { 'empty/readme.md': '' });
    expect((await gai('estimate', join(scratch, 'empty'))).stderr).toContain('there is no configuration');
  });

  it('leaves out fields that have no effect, where somebody says so', async () => {
    await writeFiles(scratch, { 'more.json': { ...GPT3, shrink: 2, note: 'a' } });
    const refused = await gai('estimate', join(scratch, 'more.json'), '--speed', '1');
    expect(refused.stderr).toContain('Got shrink: 2');
    expect(refused.stderr).toContain('Pass --ignore-fields shrink if it has no effect');
    const more = await estimate(join(scratch, 'more.json'), '--speed', '1', '--ignore-fields', 'shrink,note');
    expect(more).toEqual(await ofConfig(GPT3, '--speed', '1'));
  });

  it.each([
    [[]],
    [['config.json', '--preset', 'gpt-1']],
    [['--preset', 'gpt-1', '--ignore-fields', 'shrink']],
    [['--preset', 'gpt-9']],
    [['--preset', 'gpt-1', '--context', '513', '--speed', '1']],
    [['--preset', 'gpt-1', '--context', '0']],
    [['--preset', 'gpt-1', '--tokens', 'many']],
    [['--preset', 'gpt-1', '--speed', '0']],
    [['--preset', 'gpt-1', '--speed', 'Infinity']],
    [['--preset', 'gpt-1', '--flops', '1']],
  ])('wrong usage: %j', async (args) => {
    expect(await gai('estimate', ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});

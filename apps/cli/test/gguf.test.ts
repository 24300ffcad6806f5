import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { tensor } from '@gai/core';
import { readSafetensors, saveSafetensors } from '@gai/core/io';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { llamaGguf } from '../../../packages/transformer/test/llama-gguf.ts';
import { gai } from './support.ts';
import { writeModel } from './tiny-models.ts';

/** GPT-2's kind of tokenizer, with as many tokens as the model has rows. */
const TOKENS = ['<|end|>', 't', 'h', 'e', 'c', 'a', 'Ġ', 's', 'th', 'the', 'Ġc', 'Ġca', '!'];
const TOKENIZER = {
  'tokenizer.ggml.model': 'gpt2',
  'tokenizer.ggml.pre': 'gpt-2',
  'tokenizer.ggml.tokens': TOKENS,
  'tokenizer.ggml.token_type': TOKENS.map((_, id) => (id === 0 ? 3 : 1)),
  'tokenizer.ggml.merges': ['t h', 'th e', 'Ġ c', 'Ġc a'],
  'tokenizer.ggml.bos_token_id': 0,
};
/** `the cat the!` */
const IDS = [9, 11, 1, 6, 9, 12];

let scratch = '';
const at = (name: string): string => join(scratch, name);

async function maximum(a: string, b: string): Promise<{ difference: number; largest: number }> {
  const read = async (path: string): Promise<Float32Array> =>
    readSafetensors(await readFile(path)).tensors.get('logits')!.data as Float32Array;
  const [one, other] = [await read(a), await read(b)];
  const difference = one.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0);
  return { difference, largest: one.reduce((most, value) => Math.max(most, Math.abs(value)), 0) };
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gai-gguf-'));
  await writeModel(at('folder'), 'llama');
  const config = JSON.parse(await readFile(join(at('folder'), 'config.json'), 'utf8')) as Record<string, unknown>;
  const { tensors } = readSafetensors(await readFile(join(at('folder'), 'model.safetensors')));
  await writeFile(at('tiny.gguf'), llamaGguf(config, tensors, TOKENIZER));
  // A cache in which a model of this one file was fetched, and one that was not.
  await mkdir(at('source'));
  await writeFile(join(at('source'), 'tiny.gguf'), await readFile(at('tiny.gguf')));
  await saveSafetensors(fileStorage, at('in.safetensors'), { input_ids: tensor([IDS], { dtype: 'int32' }) });
  vi.stubEnv('GAI_CACHE', at('cache'));
  await gai('models', 'fetch', at('source'), '--name', 'tiny-llama');
  vi.unstubAllEnvs();
});
afterAll(() => rm(scratch, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** A path, a folder whose model is a single GGUF file, a name. */
const NAMES = [
  ['the file', () => at('tiny.gguf')],
  ['its folder', () => at('source')],
  ['its name in the cache', () => 'tiny-llama'],
] as const;

describe.each(NAMES)('a GGUF file, by %s', (_, named) => {
  it('gai tokenize', async () => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const { code, stdout } = await gai('tokenize', named(), 'the cat the!', '--json');
    expect({ code, ids: (JSON.parse(stdout) as { ids: number[] }).ids }).toEqual({ code: 0, ids: IDS });
  });

  it('gai eval logits gives what the folder it was made of gives', async () => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const run = (model: string, out: string): ReturnType<typeof gai> =>
      gai('eval', 'logits', model, '--inputs', at('in.safetensors'), '--out', at(out), '--device', 'cpu');
    expect(await run(named(), 'gguf.safetensors')).toMatchObject({ code: 0, stderr: '' });
    expect(await run(at('folder'), 'folder.safetensors')).toMatchObject({ code: 0 });
    const { difference, largest } = await maximum(at('gguf.safetensors'), at('folder.safetensors'));
    expect(largest).toBeGreaterThan(0.01);
    expect(difference / largest).toBeLessThan(1e-6);
  });

  it('gai embed', async () => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const { code, stdout } = await gai('embed', named(), 'the cat', 'the', '--json');
    const vectors = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { embedding: number[] }).embedding);
    expect({ code, lengths: vectors.map(({ length }) => length) }).toEqual({ code: 0, lengths: [16, 16] });
    expect(vectors[0]).not.toEqual(vectors[1]);
  });

  it('gai inspect attention', async () => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const { code, stdout } = await gai('inspect', 'attention', named(), 'the cat', '--json');
    const { tokens, attentions } = JSON.parse(stdout) as {
      tokens: string[];
      attentions: { heads: { weights: number[][] }[] }[];
    };
    expect({ code, tokens, layers: attentions.length }).toEqual({ code: 0, tokens: ['the', 'Ġca', 't'], layers: 2 });
    for (const { weights } of attentions.flatMap(({ heads }) => heads)) {
      expect(weights[0]).toEqual([1, 0, 0]);
      for (const row of weights) expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
  });

  it('gai estimate', async () => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const { code, stdout } = await gai('estimate', named(), '--speed', '100', '--context', '8', '--json');
    const folder = await gai('estimate', at('folder'), '--speed', '100', '--context', '8', '--json');
    expect(code).toBe(0);
    const [own, other] = [stdout, folder.stdout].map((text) => JSON.parse(text) as object);
    expect(own).toEqual(other);
  });
});

describe('a model that is named', () => {
  const COMMANDS: readonly (readonly [string, (model: string) => string[]])[] = [
    ['tokenize', (model) => ['tokenize', model, 'a']],
    ['embed', (model) => ['embed', model, 'a']],
    [
      'eval logits',
      (model) => ['eval', 'logits', model, '--inputs', at('in.safetensors'), '--out', at('x.safetensors')],
    ],
    ['inspect attention', (model) => ['inspect', 'attention', model, 'a']],
    ['estimate', (model) => ['estimate', model]],
    ['convert', (model) => ['convert', model]],
  ];

  it.each(COMMANDS)('gai %s says how to get one that is not here', async (op, args) => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    expect(await gai(...args('smollm2'))).toEqual({
      code: 1,
      stdout: '',
      stderr: `gai: ${op}: the model is not here. Got 'smollm2'; expected a model that was fetched. Run gai models fetch smollm2.\n`,
    });
  });

  it.each(COMMANDS)('gai %s knows which was meant', async (op, args) => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const { code, stderr } = await gai(...args('smolm2'));
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^gai: ${op}: there is no such .+ Got 'smolm2'; .+ Did you mean smollm2\\?`));
    expect((await gai(...args('tiny-lama'))).stderr).toContain('Did you mean tiny-llama?');
  });

  it('gives way to a folder of that name', async () => {
    vi.stubEnv('GAI_CACHE', at('cache'));
    const before = process.cwd();
    process.chdir(scratch);
    try {
      await mkdir('tiny-llama', { recursive: true });
      expect((await gai('tokenize', 'tiny-llama', 'a')).stderr).toContain('there is no tokenizer');
    } finally {
      process.chdir(before);
    }
  });
});

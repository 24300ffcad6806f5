import { readFileSync } from 'node:fs';
import { setDefaultBackend } from '@gai/core';
import { fileSource } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { openGguf } from '@gai/formats';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  AutoModel,
  AutoModelForCausalLM,
  BertForMaskedLM,
  LlamaForCausalLM,
  LlamaModel,
  SentenceTransformer,
  ropeFrequencies,
} from '../src/index.ts';
import { AutoTokenizer, textGenerator } from '../src/text/index.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { TOLERANCE, loadCase, runner, worstOf } from './families.ts';
import type { AnyModel } from './families.ts';
import { detailsOf, folderOf, readCases, weightsOf } from './fixture.ts';
import type { Case } from './fixture.ts';
import { llamaGguf } from './llama-gguf.ts';
import { MemoryStorage } from './memory-storage.ts';

const parity = parityRecord(import.meta.url);

/** Compares all outputs of a case with the reference's, and records the result. */
async function expectParity(group: string, one: Case, model: AnyModel): Promise<void> {
  const { worst, name, compared } = await worstOf(one, runner(model));
  expect(worst, name).toBeLessThan(TOLERANCE);
  parity.add({
    group,
    name: one.name,
    details: detailsOf(one),
    compared: 'tensors',
    count: compared,
    largest: worst,
    tolerance: TOLERANCE,
    reference: one.reference,
  });
}

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const caseOf = (family: string, name: string): Case => readCases(family).find((one) => one.name === name)!;

test('pytorch_model.bin is read where there is no safetensors file', async () => {
  const one = caseOf('bert', 'untied-random');
  const storage = folderOf(one);
  storage.files.delete('model/model.safetensors');
  const bytes = readFileSync(new URL('fixtures/pytorch_model.bin', import.meta.url));
  storage.files.set('model/pytorch_model.bin', Uint8Array.from(bytes));
  await expectParity('pytorch_model.bin', one, await loadCase(one, storage));
});

describe('several files of pickles', () => {
  const one = caseOf('bert', 'untied-random');
  const bytes = Uint8Array.from(readFileSync(new URL('fixtures/pytorch_model.bin', import.meta.url)));
  const files = ['pytorch_model-00001-of-00002.bin', 'pytorch_model-00002-of-00002.bin'] as const;

  function sharded(change: Readonly<Record<string, unknown>> = {}): MemoryStorage {
    const storage = folderOf(one);
    storage.files.delete('model/model.safetensors');
    for (const file of files) storage.files.set(`model/${file}`, bytes);
    const map = Object.fromEntries(Object.keys(one.weights).map((name, index) => [name, files[index % 2]]));
    storage.write('model/pytorch_model.bin.index.json', JSON.stringify({ weight_map: { ...map, ...change } }));
    return storage;
  }

  test('are read as their index says', async () => {
    const model = await loadCase(one, sharded());
    expect((await worstOf(one, runner(model))).worst).toBeLessThan(TOLERANCE);
  });

  test('are not looked at where there is a safetensors file', async () => {
    const storage = folderOf(one);
    storage.write('model/pytorch_model.bin', 'no pickle');
    storage.write('model/pytorch_model.bin.index.json', 'no JSON');
    const model = await loadCase(one, storage);
    expect((await worstOf(one, runner(model))).worst).toBeLessThan(TOLERANCE);
  });

  test.each<[string, object, RegExp]>([
    ['a way up', { 'bert.embeddings.word_embeddings.weight': '../x.bin' }, /the file "..\/x.bin"/],
    ['another kind', { 'bert.embeddings.word_embeddings.weight': 'model.safetensors' }, /the file "model.safetensors"/],
    ['a tensor that is not there', { missing: files[0] }, /without that tensor for "missing"/],
    ['a file that is not there', { missing: 'pytorch_model-00003-of-00002.bin' }, /00003-of-00002/],
  ])('an index with %s is refused', async (_, change, message) => {
    await expect(loadCase(one, sharded(change as Record<string, unknown>))).rejects.toThrow(message);
  });
});

describe('a GGUF file of the architecture llama', () => {
  function fileOf(one: Case, change: Readonly<Record<string, string | number>> = {}): MemoryStorage {
    const storage = new MemoryStorage();
    storage.files.set('model.gguf', llamaGguf(one.config, weightsOf(one), change));
    return storage;
  }

  test('computes what the folder does', async () => {
    const one = caseOf('llama', 'grouped-random');
    const storage = fileOf(one);
    const model = await AutoModelForCausalLM.fromPretrained('model.gguf', { storage });
    expect(model).toBeInstanceOf(LlamaForCausalLM);
    await expectParity('a GGUF file', one, model as never);
    await model.savePretrained('copy', { storage });
    const again = await LlamaForCausalLM.fromPretrained('copy', { storage });
    await expectParity('a folder, saved from a GGUF file', one, again as never);
  });

  test('is opened once for all that a text generator wants to know of it', async () => {
    const storage = fileOf(caseOf('llama', 'grouped-random'));
    let headers = 0;
    const read = storage.read.bind(storage);
    storage.read = (path, offset = 0, length) => {
      headers += offset === 0 ? 1 : 0;
      return read(path, offset, length);
    };
    await openGguf(await fileSource(storage, 'model.gguf', 'test'));
    const once = headers;
    const load = (): Promise<unknown> => textGenerator('model.gguf', { storage, tokenizer: 'optional' });
    await load();
    expect(headers).toBe(2 * once);
    // Nothing is kept: the next one may find another file.
    await Promise.all([load(), load()]);
    expect(headers).toBe(3 * once);
    await expect(textGenerator('none.gguf', { storage })).rejects.toThrow(/none.gguf/);
  });

  test('has a factor for each pair of features, as files of Llama 3.1 have them', async () => {
    const one = caseOf('llama', 'scaled-random');
    const [plain, scaled] = [
      { ropeType: 'default', ropeTheta: 1000 } as const,
      one.config.rope_parameters as Record<string, number>,
    ];
    const [before, after] = [
      ropeFrequencies(8, plain),
      ropeFrequencies(8, {
        ...plain,
        ropeType: 'llama3',
        factor: scaled.factor!,
        lowFreqFactor: scaled.low_freq_factor!,
        highFreqFactor: scaled.high_freq_factor!,
        originalMaxPositionEmbeddings: scaled.original_max_position_embeddings!,
      }),
    ];
    const factors = { shape: [4], dtype: 'float32', data: before.map((angle, pair) => angle / after[pair]!) } as const;
    expect(new Set(factors.data).size).toBeGreaterThan(1);
    const storage = new MemoryStorage();
    const weights = new Map([...weightsOf(one), ['rope_freqs.weight', factors] as const]);
    storage.files.set('model.gguf', llamaGguf({ ...one.config, rope_parameters: { rope_theta: 1000 } }, weights));
    const model = await AutoModelForCausalLM.fromPretrained('model.gguf', { storage });
    await expectParity('a GGUF file', one, model as never);
  });

  test('has positions scaled by YaRN', async () => {
    const one = caseOf('llama', 'yarn-random');
    const {
      rope_theta: theta,
      factor,
      beta_fast: fast,
      beta_slow: slow,
    } = one.config.rope_parameters as Record<string, number>;
    const scaling = {
      type: 'yarn',
      factor: factor!,
      original_context_length: 16,
      yarn_beta_fast: fast!,
      yarn_beta_slow: slow!,
    };
    const metadata = Object.fromEntries(
      Object.entries(scaling).map(([key, value]) => [`llama.rope.scaling.${key}`, value]),
    );
    const weights = [...weightsOf(one)].map(([name, value]) => [`model.${name}`, value] as const);
    const storage = new MemoryStorage();
    storage.files.set(
      'model.gguf',
      llamaGguf({ ...one.config, rope_parameters: { rope_theta: theta } }, new Map(weights), metadata),
    );
    await expectParity('a GGUF file', one, (await LlamaModel.fromPretrained('model.gguf', { storage })) as never);
  });

  test('has tied words where there is no output', async () => {
    const { config, ...one } = caseOf('llama', 'grouped-random');
    const { 'lm_head.weight': _, ...weights } = one.weights;
    const model = await LlamaForCausalLM.fromPretrained('model.gguf', { storage: fileOf({ ...one, config, weights }) });
    expect(model.config.tieWordEmbeddings).toBe(true);
    expect(model.lm_head.weight).toBe(model.model.embed_tokens.weight);
  });

  test.each<[Readonly<Record<string, string | number>>, RegExp]>([
    [{ 'general.architecture': 'mamba' }, /Got general.architecture "mamba"/],
    [{ 'llama.rope.scaling.type': 'longrope' }, /rope.scaling.type longrope/],
    [{ 'llama.rope.scaling.type': 'yarn', 'llama.rope.scaling.attn_factor': 2 }, /rope.scaling.attn_factor 2/],
    [{ 'llama.expert_count': 8 }, /expert_count 8/],
    [{ 'llama.rope.dimension_count': 2 }, /rope.dimension_count 2 of 6/],
  ])('refuses %j', async (change, message) => {
    const storage = fileOf(caseOf('llama', 'grouped-random'), change);
    await expect(AutoModel.fromPretrained('model.gguf', { storage })).rejects.toThrow(message);
  });

  test('is refused by another family, and where it is not there', async () => {
    const storage = fileOf(caseOf('llama', 'grouped-random'));
    await expect(BertForMaskedLM.fromPretrained('model.gguf', { storage })).rejects.toThrow(/Got model_type "llama"/);
    await expect(AutoModel.fromPretrained('none.gguf', { storage })).rejects.toThrow(/none.gguf/);
    storage.files.set('folder/a.gguf', storage.files.get('model.gguf')!);
    for (const read of [AutoModel, SentenceTransformer, AutoTokenizer])
      await expect(read.fromPretrained('folder', { storage })).rejects.toThrow(/Pass ["']folder\/a.gguf["'].$/);
  });
});

test('the page on parity lists these cases', ({ task }) => parity.finish(task));

import { GaiError, data, setDefaultBackend, tensor } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AutoModel,
  BertForMaskedLM,
  BertModel,
  LlamaForCausalLM,
  LlamaModel,
  SentenceTransformer,
  modelSize,
} from '../src/index.ts';
import { readConfig } from '../src/config/read-config.ts';
import { embedder } from '../src/text/index.ts';
import { MemoryStorage } from './memory-storage.ts';

beforeAll(async () => {
  setDefaultBackend(await nodeBackend());
});

const sizes = { vocabSize: 13, hiddenSize: 8, numHiddenLayers: 2, numAttentionHeads: 2, intermediateSize: 6 };

/** A folder of sentence-transformers, and one of a language model in several files. */
async function folders(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  await new BertModel(sizes).savePretrained('bert', { storage });
  await new LlamaForCausalLM(sizes).savePretrained('llama', { storage, maxShardBytes: 900 });
  const kind = (name: string): string => `sentence_transformers.models.${name}`;
  write(storage, 'bert/modules.json', [
    { idx: 0, name: '0', path: '', type: kind('Transformer') },
    { idx: 1, name: '1', path: '1_Pooling', type: kind('Pooling') },
  ]);
  write(storage, 'bert/1_Pooling/config.json', { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false });
  write(storage, 'bert/sentence_bert_config.json', { max_seq_length: 6, do_lower_case: false });
  write(storage, 'bert/config_sentence_transformers.json', { prompts: { query: 'a ' } });
  write(storage, 'bert/tokenizer_config.json', { tokenizer_class: 'BertTokenizer', do_lower_case: true });
  storage.write('bert/vocab.txt', ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...'abcdefgh'].join('\n'));
  return storage;
}

const write = (storage: MemoryStorage, path: string, json: unknown): void => storage.write(path, JSON.stringify(json));

const jsonIn = async (storage: MemoryStorage, path: string): Promise<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(await storage.read(path))) as Record<string, unknown>;

/** The message of an error of ours: one line, short, and nothing in it moves a cursor. */
function messageOf(error: unknown): string {
  expect(error).toSatisfy(GaiError.isInstance);
  const { message } = error as Error;
  expect(message).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(message.length).toBeLessThan(1500);
  return message;
}

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was not refused',
    (error: unknown) => messageOf(error),
  );

describe('a file of a kilobyte that says it is huge', () => {
  const small = { model_type: 'llama', hidden_size: 8, intermediate_size: 6, num_attention_heads: 2, vocab_size: 13 };
  it.each<[string, object, string]>([
    ['layers', { num_hidden_layers: 1e9 }, 'a whole number from 0 to 10000'],
    ['classes', { num_labels: 1e9 }, 'a whole number from 1 to 1000000'],
    ['words', { vocab_size: 1e12 }, 'a whole number of at least 1'],
    ['features', { hidden_size: 2 ** 31 }, 'a whole number of at least 1'],
    [
      'features of a head',
      { hidden_size: 2 ** 30 },
      'headDim does not fit. Got 536870912; expected a whole number from 1 to 65536',
    ],
    ['more heads than features', { hidden_size: 1 }, 'headDim does not fit. Got 0'],
  ])('%s', async (_, changes, expected) => {
    const json = { ...small, num_hidden_layers: 1, ...changes };
    expect(() => modelSize(LlamaModel, json)).toThrow(expected);
    const storage = await folders();
    write(storage, 'llama/config.json', json);
    expect(await refusal(AutoModel.fromPretrained('llama', { storage }))).toContain(expected);
  });

  it('more layers than tensors are not made', async () => {
    const storage = await folders();
    write(storage, 'llama/config.json', { ...small, num_hidden_layers: 10_000 });
    expect(await refusal(AutoModel.fromPretrained('llama', { storage }))).toMatch(
      /Got numHiddenLayers 10000 and \d+ tensors; expected some for every layer/,
    );
  });

  it('sizes that are possible take no memory before they are compared with the tensors', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const huge = { hidden_size: 2 ** 30, intermediate_size: 2 ** 30, vocab_size: 2 ** 31 - 1, num_hidden_layers: 3 };
    const { parameters } = modelSize(BertModel, { ...huge, model_type: 'bert', num_attention_heads: 2 });
    expect(parameters).toBeGreaterThan(1e18);
    const storage = await folders();
    write(storage, 'llama/config.json', { ...small, ...huge, num_attention_heads: 2 ** 20 });
    expect(await refusal(AutoModel.fromPretrained('llama', { storage }))).toContain('of another shape');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });
});

describe('names and values out of files', () => {
  const EVIL = 'a\u001b[2J\n\u009b\u202e';
  it.each<[string, object | string, string]>([
    ['a field', { [EVIL]: 1 }, String.raw`Got "a\u001b[2J\n\u009b\u202e": 1 for bert`],
    ['a long field', { ['x'.repeat(1e5)]: 1 }, 'Pass { ignoreFields: ["xxx'],
    ['the kind of model', { model_type: EVIL }, String.raw`Got model_type "a\u001b[2J`],
    ['a long one', { model_type: 'x'.repeat(1e6) }, 'Got model_type "xxx'],
    ['a value', { hidden_act: EVIL }, String.raw`Got "a\u001b[2J`],
    ['what is no JSON', `{"a": ${EVIL}`, 'a file cannot be read'],
    ['lists in lists', `{"a": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'more than 50 lists and objects in each other'],
    ['such a thing that nobody reads', { task_specific_params: deep(60) }, 'more than 50 lists'],
  ])('%s', async (_, changes, expected) => {
    const storage = await folders();
    const before = await jsonIn(storage, 'bert/config.json');
    storage.write(
      'bert/config.json',
      typeof changes === 'string' ? changes : JSON.stringify({ ...before, ...changes }),
    );
    expect(await refusal(AutoModel.fromPretrained('bert', { storage }))).toContain(expected);
  });

  it('a value of which another is supported is compared as a whole', () => {
    const [known, other] = ['a', 'b'].map((end) => 'x'.repeat(1000) + end);
    const fixed = { text: known, none: {}, list: [1, { a: 2, b: [] }] };
    const format = { modelType: 'x', fields: {}, harmless: [], fixed };
    expect(readConfig({ text: known, none: {}, list: [1, { b: [], a: 2 }] }, format)).toEqual({});
    for (const json of [
      { text: other },
      { none: [] },
      { list: [1, { a: 2, b: {} }] },
      { list: [1, { a: 2, b: [], c: 0 }] },
    ])
      expect(() => readConfig(json, format)).toThrow('a field of config.json is not supported');
  });

  it('a tensor and a shard', async () => {
    const storage = await folders();
    const index = await jsonIn(storage, 'llama/model.safetensors.index.json');
    for (const map of [{ [EVIL]: '../x' }, { a: EVIL }, { a: '/etc/passwd.safetensors' }, { a: '..safetensors' }]) {
      write(storage, 'llama/model.safetensors.index.json', { ...index, weight_map: map });
      expect(await refusal(AutoModel.fromPretrained('llama', { storage }))).toContain('the index does not fit');
    }
  });

  it.each<[string, unknown, string]>([
    ['a path that leads out', [{ type: 'Transformer', path: '../bert' }], 'the path "../bert"'],
    ['a type that is an object', [{ type: { toString: 1 } }], 'a module of type {"toString":1}'],
    ['two models', [{ type: 'Transformer' }, { type: 'Transformer' }], 'a module of type "Transformer"'],
  ])('modules with %s', async (_, modules, expected) => {
    const storage = await folders();
    write(storage, 'bert/modules.json', modules);
    expect(await refusal(SentenceTransformer.fromPretrained('bert', { storage }))).toContain(expected);
  });

  it('a pooling ten thousand times', async () => {
    const storage = await folders();
    write(storage, 'bert/1_Pooling/config.json', { pooling_mode: Array.from({ length: 10_000 }, () => 'mean') });
    expect(await refusal(SentenceTransformer.fromPretrained('bert', { storage }))).toContain('a pooling twice');
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : [deep(levels - 1)];
}

describe('embedder', () => {
  it.each([0, -1, 1.5, NaN, Infinity])('batchSize and maxLength %d', async (value) => {
    const storage = await folders();
    for (const name of ['batchSize', 'maxLength']) {
      expect(await refusal(embedder('bert', { storage, [name]: value }))).toContain(
        `embedder: ${name} is out of range. Got ${value}; expected a whole number of at least 1`,
      );
    }
  });

  it.each([0, -5, 2.5, '6', {}])('max_seq_length %j in the folder', async (value) => {
    const storage = await folders();
    write(storage, 'bert/sentence_bert_config.json', { max_seq_length: value });
    expect(await refusal(embedder('bert', { storage }))).toContain('max_seq_length');
  });

  it('whether prompts count is said by a flag', async () => {
    const storage = await folders();
    write(storage, 'bert/1_Pooling/config.json', { pooling_mode_mean_tokens: true, include_prompt: 'no' });
    expect(await refusal(embedder('bert', { storage }))).toContain('include_prompt "no"');
    write(storage, 'bert/1_Pooling/config.json', { pooling_mode_mean_tokens: true, include_prompt: false });
    await (await embedder('bert', { storage })).dispose();
  });

  it('the tokenizer is beside the model, wherever the modules say that is', async () => {
    const storage = await folders();
    const inside = new MemoryStorage();
    for (const [path, bytes] of storage.files) inside.files.set(path.replace('bert/', 'st/0_Transformer/'), bytes);
    write(inside, 'st/modules.json', [
      { type: 'Transformer', path: '0_Transformer' },
      { type: 'Pooling', path: '1_Pooling' },
    ]);
    write(inside, 'st/1_Pooling/config.json', { pooling_mode: 'mean' });
    await using other = await embedder('st', { storage: inside });
    await using usual = await embedder('bert', { storage });
    expect((await other.embed(['a b'])).vectors).toEqual((await usual.embed(['a b'])).vectors);
  });

  it('a padding token that is none changes nothing', async () => {
    const storage = await folders();
    const vectors: (readonly Float32Array[])[] = [];
    for (const pad of [0, -1, 99_999, null]) {
      write(storage, 'bert/config.json', { ...(await jsonIn(storage, 'bert/config.json')), pad_token_id: pad });
      await using texts = await embedder('bert', { storage });
      vectors.push((await texts.embed(['a', 'a b c'])).vectors);
    }
    for (const other of vectors.slice(1)) expect(other).toEqual(vectors[0]);
  });

  it('numbers that are none are no vector', async () => {
    const storage = await folders();
    const model = await BertModel.fromPretrained('bert', { storage });
    const { weight } = model.embeddings.word_embeddings;
    weight.assign(tensor(new Float32Array(13 * 8).fill(NaN), { shape: [13, 8] }));
    await model.savePretrained('bert', { storage });
    await using texts = await embedder('bert', { storage });
    expect(await refusal(texts.embed(['a']))).toContain('a vector has numbers that are none');
  });
});

describe('savePretrained over another model', () => {
  const logits = async (storage: MemoryStorage): Promise<number[]> => {
    const model = await LlamaForCausalLM.fromPretrained('model', { storage });
    return [...((await data(model.forward(tensor([[1, 2, 3]], { dtype: 'int32' })))) as Float32Array)];
  };
  const SHARDS = [Infinity, 900, 2000];

  it('a process that ends in between leaves the one or the other', { timeout: 60_000 }, async () => {
    for (const before of SHARDS) {
      for (const after of SHARDS) {
        const storage = new MemoryStorage();
        await new LlamaForCausalLM(sizes).savePretrained('model', { storage, maxShardBytes: before });
        const [old, files] = [await logits(storage), new Map(storage.files)];
        const next = new LlamaForCausalLM(sizes);
        await next.savePretrained('model', { storage, maxShardBytes: after });
        const now = await logits(storage);
        expect(now).not.toEqual(old);
        for (let steps = 0; ; steps += 1) {
          const cut = new MemoryStorage();
          for (const entry of files) cut.files.set(...entry);
          const done = await next
            .savePretrained('model', { storage: endingAfter(cut, steps), maxShardBytes: after })
            .then(
              () => true,
              () => false,
            );
          const left = await logits(cut);
          expect([old, now], `${before} to ${after}, ${steps} steps`).toContainEqual(left);
          if (!done) continue;
          expect(left).toEqual(now);
          const parts = [...cut.files.keys()].filter((path) => path.endsWith('.safetensors'));
          const index = cut.files.has('model/model.safetensors.index.json');
          const named = index
            ? Object.values((await jsonIn(cut, 'model/model.safetensors.index.json')).weight_map!)
            : [];
          expect(parts.length).toBe(index ? new Set(named).size : 1);
          break;
        }
      }
    }
  });

  it('the card says nothing of where it was', async () => {
    const storage = new MemoryStorage();
    await new BertForMaskedLM(sizes).savePretrained('/home/somebody/secret/my`model\n', { storage });
    const model = await BertForMaskedLM.fromPretrained('/home/somebody/secret/my`model\n', { storage });
    await model.savePretrained('out', { storage });
    const card = new TextDecoder().decode(await storage.read('out/README.md'));
    expect(card).toContain('read from `my_model_`');
    expect(card).not.toContain('somebody');
  });
});

/** A storage whose process ends after so many changes. */
function endingAfter(storage: MemoryStorage, steps: number): Storage {
  let left = steps;
  const step = (): void => {
    if (left-- <= 0) throw new Error('killed');
  };
  return {
    size: (path) => storage.size(path),
    read: (path, offset, length) => storage.read(path, offset, length),
    list: (folder) => storage.list(folder),
    writeAtomic: async (path, chunks) => {
      step();
      await storage.writeAtomic(path, chunks);
    },
    remove: async (path) => {
      step();
      await storage.remove(path);
    },
  };
}

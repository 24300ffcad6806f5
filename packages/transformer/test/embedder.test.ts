import { data, setDefaultBackend, tensor, toArray } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { embedderContract } from '@gai/providers/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { BertModel, GPT2Model, SentenceTransformer, T5Model, pool } from '../src/index.ts';
import { embedder } from '../src/text/index.ts';
import { folderOf, readCases } from './fixture.ts';
import { MemoryStorage } from './memory-storage.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'the', 'cat', 'sat', 'on', 'mat', 'stock', 'fell', 'query:', 'a'];
const tokenizer = {
  model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '[UNK]' },
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  // As MiniLM's file: to be overridden.
  truncation: { max_length: 128, strategy: 'LongestFirst', stride: 0, direction: 'Right' },
  padding: {
    strategy: { Fixed: 128 },
    direction: 'Right',
    pad_id: 0,
    pad_type_id: 0,
    pad_token: '[PAD]',
    pad_to_multiple_of: null,
  },
};
const modules = [
  { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
  { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
  { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
];

/** A folder as sentence-transformers writes it. */
async function folder(change: Readonly<Record<string, unknown>> = {}): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const model = new BertModel({
    vocabSize: words.length,
    hiddenSize: 12,
    numHiddenLayers: 2,
    numAttentionHeads: 3,
    intermediateSize: 17,
    maxPositionEmbeddings: 16,
  });
  await model.savePretrained('model', { storage });
  const files = {
    'modules.json': modules,
    '1_Pooling/config.json': {
      word_embedding_dimension: 12,
      pooling_mode_mean_tokens: true,
      pooling_mode_cls_token: false,
    },
    'sentence_bert_config.json': { max_seq_length: 9, do_lower_case: false },
    'tokenizer.json': tokenizer,
    ...change,
  };
  for (const [name, json] of Object.entries(files)) storage.write(`model/${name}`, JSON.stringify(json));
  return storage;
}

describe('embedder', () => {
  embedderContract({ test, make: async () => embedder('model', { storage: await folder(), batchSize: 2 }) });

  test('is the mean of what counts, of length 1, cut to what the folder says', async () => {
    const storage = await folder();
    await using texts = await embedder('model', { storage });
    const long = 'the cat sat on the mat the cat sat on the mat';
    const { vectors, usage } = await texts.embed(['The cat', long]);
    expect(usage.inputTokens).toBe(4 + 9);
    expect(texts.dimensions).toBe(12);
    const model = await BertModel.fromPretrained('model', { storage });
    const { lastHiddenState } = model.forward(tensor([[2, 4, 5, 3]], { dtype: 'int32' }));
    const mean = pool(lastHiddenState, tensor([[1, 1, 1, 1]]), 'mean');
    const expected = [...(await data(mean))].map(Number);
    const length = Math.hypot(...expected);
    for (const [index, value] of vectors[0]!.entries()) expect(value).toBeCloseTo(expected[index]! / length, 5);
    const cut = await texts.embed([long.split(' ').slice(0, 7).join(' ')]);
    expect([...cut.vectors[0]!]).toEqual([...vectors[1]!]);
  });

  test('puts prefixes in front of queries', async () => {
    const prompts = { query: 'query: ', document: '' };
    const storage = await folder({ 'config_sentence_transformers.json': { prompts, default_prompt_name: null } });
    await using texts = await embedder('model', { storage });
    const [plain, query, written] = await Promise.all([
      texts.embed(['cat']),
      texts.embed(['cat'], { purpose: 'query' }),
      texts.embed(['query: cat']),
    ]);
    expect(query.vectors[0]).toEqual(written.vectors[0]);
    expect(query.vectors[0]).not.toEqual(plain.vectors[0]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    [
      'another module',
      { 'modules.json': [...modules, { idx: 3, path: '3_CNN', type: 'sentence_transformers.models.CNN' }] },
      /models.CNN/,
    ],
    ['a way out of the folder', { 'modules.json': [{ path: '../..', type: 'x.Transformer' }] }, /the path/],
    ['no pooling', { 'modules.json': modules.slice(0, 1) }, /no pooling/],
    ['an unknown pooling', { '1_Pooling/config.json': { pooling_mode_attention: true } }, /pooling_mode_attention/],
    ['modules of another form', { 'modules.json': { a: 1 } }, /no list of objects/],
  ])('refuses %s', async (_, change, message) => {
    await expect(embedder('model', { storage: await folder(change) })).rejects.toThrow(message);
  });

  test('a model without segments is given no types, of which GPT-2 would add the embedding of a word', async () => {
    const storage = await folder({ '1_Pooling/config.json': { pooling_mode: 'mean' } });
    const gpt2 = new GPT2Model({ vocabSize: words.length, nPositions: 16, nEmbd: 12, nLayer: 2, nHead: 3 });
    await gpt2.savePretrained('model', { storage });
    await using texts = await embedder('model', { storage });
    const { lastHiddenState } = gpt2.eval().forward(tensor([[2, 4, 5, 3]], { dtype: 'int32' }));
    const mean = (await data(pool(lastHiddenState, tensor([[1, 1, 1, 1]]), 'mean'))) as Float32Array;
    const { vectors } = await texts.embed(['the cat']);
    for (const [index, value] of vectors[0]!.entries())
      expect(value).toBeCloseTo(mean[index]! / Math.hypot(...mean), 5);
  });

  test('wants a tokenizer', async () => {
    const storage = await folder();
    storage.files.delete('model/tokenizer.json');
    await expect(embedder('model', { storage })).rejects.toThrow(/there is no tokenizer/);
  });
});

test('pooling in every way', async () => {
  const hidden = tensor([
    [
      [1, -2],
      [3, 4],
      [9, 9],
    ],
    [
      [5, 6],
      [7, 8],
      [1, 2],
    ],
  ]);
  const mask = tensor([
    [1, 1, 0],
    [1, 1, 1],
  ]);
  const rows = async (mode: Parameters<typeof pool>[2]): Promise<unknown> => toArray(pool(hidden, mask, mode));
  expect(await rows('cls')).toEqual([
    [1, -2],
    [5, 6],
  ]);
  expect(await rows('mean')).toEqual([[2, 1], [13 / 3, 16 / 3].map(Math.fround)]);
  expect(await rows('max')).toEqual([
    [3, 4],
    [7, 8],
  ]);
  expect(await rows('lasttoken')).toEqual([
    [3, 4],
    [1, 2],
  ]);
  expect(await rows('weightedmean')).toEqual([[7 / 3, 2].map(Math.fround), [22 / 6, 28 / 6].map(Math.fround)]);
  expect(((await rows('mean_sqrt_len')) as number[][])[0]![0]).toBeCloseTo(4 / Math.SQRT2, 5);
  expect(await rows(['cls', 'max'])).toEqual([
    [1, -2, 3, 4],
    [5, 6, 7, 8],
  ]);
});

test('of an encoder-decoder it is the encoder', async () => {
  const one = readCases('t5').find(({ class: name }) => name === 'T5ForConditionalGeneration')!;
  const storage = folderOf(one);
  const model = await SentenceTransformer.fromPretrained('model', { storage });
  expect(model.transformer).not.toBeInstanceOf(T5Model);
  expect(model.forward(tensor([[3, 4, 1]], { dtype: 'int32' })).shape).toEqual([1, 24]);
});

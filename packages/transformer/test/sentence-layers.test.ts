import { readFileSync } from 'node:fs';
import { data, setDefaultBackend, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { HostTensor } from '@gai/core/backend';
import { concatBytes, writeSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { BertModel, SentenceTransformer, pool } from '../src/index.ts';
import type { PoolingMode } from '../src/index.ts';
import { readModules } from '../src/sentence/read-modules.ts';
import { embedder } from '../src/text/index.ts';
import { relativeDifference } from './fixture.ts';
import { MemoryStorage } from './memory-storage.ts';
import { recipeValues } from './recipe.ts';
import type { Plan } from './recipe.ts';

/** What sentence-transformers makes of the same: see fixtures/make_sentence.py. */
const reference = JSON.parse(readFileSync(new URL('fixtures/sentence.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly {
    readonly modes: string | readonly string[];
    readonly side: string;
    readonly mask: number[][];
    readonly prompt: number;
    readonly vectors: number[][];
  }[];
  readonly layers: Readonly<Record<string, number[][]>>;
};
const TOLERANCE = 1e-6;

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const hidden = (): Tensor => tensor(recipeValues('sentence/hidden', [[3, 7, 5], 0, 2]), { shape: [3, 7, 5] });
const modeOf = (name: string): PoolingMode => name.replace(/_tokens$/, '') as PoolingMode;
const close = async (actual: Tensor, expected: readonly number[][]): Promise<void> =>
  expect(relativeDifference((await data(actual)) as Float32Array, expected.flat())).toBeLessThan(TOLERANCE);

test.each(
  reference.cases.map(
    (one) => [`${String(one.modes)}, filled up on the ${one.side}, prompt ${one.prompt}`, one] as const,
  ),
)('pooling: %s', async (_, { modes, mask, prompt, vectors }) => {
  const pooled = mask.map((row) => row.map((flag, place) => (place < row.indexOf(1) + prompt ? 0 : flag)));
  const names = [modes].flat().map((name) => modeOf(name as string));
  await close(pool(hidden(), tensor(mask), names, tensor(pooled)), vectors);
});

/** A folder whose modules are a Transformer, a Pooling and some more. */
function folderOf(
  more: readonly (readonly [kind: string, config: object, weights?: Readonly<Record<string, Plan>>, name?: string])[],
  pooling: object = { pooling_mode: 'mean' },
): MemoryStorage {
  const storage = new MemoryStorage();
  const list = [
    ['Transformer', ''],
    ['Pooling', '1_Pooling'],
    ...more.map(([kind], index) => [kind, `${index + 2}_${kind}`]),
  ];
  storage.write(
    'model/modules.json',
    JSON.stringify(
      list.map(([kind, path], idx) => ({ idx, name: `${idx}`, path, type: `sentence_transformers.models.${kind}` })),
    ),
  );
  storage.write('model/1_Pooling/config.json', JSON.stringify(pooling));
  for (const [index, [kind, config, weights = {}, name]] of more.entries()) {
    const folder = `model/${index + 2}_${kind}`;
    storage.write(`${folder}/config.json`, JSON.stringify(config));
    const tensors = Object.entries(weights).map(([key, plan]): [string, HostTensor] => [
      key,
      { dtype: 'float32', shape: [...plan[0]], data: recipeValues(`sentence/${name}/${key}`, plan) },
    ]);
    if (tensors.length > 0)
      storage.files.set(`${folder}/model.safetensors`, concatBytes(writeSafetensors(new Map(tensors), new Map())));
  }
  return storage;
}

const weight = (rows: number, columns: number): Plan => [[rows, columns], 0.1, 1];
const bias = (size: number): Plan => [[size], 0.1, 1];
const torch = (name: string): string => `torch.nn.modules.${name}`;
const dense = { in_features: 5, out_features: 3, bias: true };
const one = { 'linear.weight': weight(3, 5), 'linear.bias': bias(3) };

describe('what comes behind the pooling', () => {
  test.each([
    ['dense', 'Dense', { ...dense, activation_function: torch('activation.Tanh') }, one],
    [
      'gelu',
      'Dense',
      { ...dense, bias: false, activation_function: torch('activation.GELU') },
      { 'linear.weight': weight(3, 5) },
    ],
    [
      'residual',
      'Dense',
      {
        ...dense,
        use_residual: true,
        activation_function: torch('linear.Identity'),
        module_input_name: 'sentence_embedding',
        module_output_name: null,
      },
      { ...one, 'residual.weight': weight(3, 5) },
    ],
    [
      'same',
      'Dense',
      { ...dense, out_features: 5, use_residual: true, activation_function: torch('activation.ReLU') },
      { 'linear.weight': weight(5, 5), 'linear.bias': bias(5) },
    ],
    ['norm', 'LayerNorm', { dimension: 5 }, { 'norm.weight': bias(5), 'norm.bias': bias(5) }],
    ['normalize', 'Normalize', {}, {}],
  ] as const)('%s', async (name, kind, config, weights) => {
    const storage = folderOf([
      ['Dropout', { dropout: 0.5 }],
      [kind, config, weights, name],
    ]);
    const { layers } = await readModules(storage, 'model');
    const mean = pool(hidden(), tensor(reference.cases[0]!.mask), 'mean');
    expect(layers).toHaveLength(1);
    await close(layers[0]!.forward(mean), reference.layers[name]!);
  });

  test('is part of the model, in the order of the folder', async () => {
    const model = new BertModel({
      vocabSize: 9,
      hiddenSize: 5,
      numHiddenLayers: 1,
      numAttentionHeads: 1,
      intermediateSize: 4,
    });
    const storage = folderOf([
      ['Dense', { ...dense, activation_function: torch('activation.Tanh') }, one, 'dense'],
      ['Normalize', {}],
    ]);
    await model.savePretrained('model', { storage });
    const texts = await SentenceTransformer.fromPretrained('model', { storage });
    expect([...texts.namedParameters().keys()].filter((name) => name.startsWith('layers.'))).toEqual([
      'layers.0.linear.weight',
      'layers.0.linear.bias',
    ]);
    const vector = (await data(texts.forward(tensor([[3, 4]], { dtype: 'int32' })))) as Float32Array;
    expect(vector).toHaveLength(3);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  test.each<[string, MemoryStorage, RegExp]>([
    ['a map before the pooling', folderOf([]), /of type "x.Dense" before the pooling/],
    ['another module', folderOf([['LSTM', {}]]), /models.LSTM/],
    [
      'another activation',
      folderOf([['Dense', { ...dense, activation_function: 'my.Own' }]]),
      /activation_function "my.Own"/,
    ],
    [
      'another input',
      folderOf([['Dense', { ...dense, module_input_name: 'token_embeddings' }]]),
      /module_input_name "token_embeddings"/,
    ],
    ['an unknown field', folderOf([['Normalize', { p: 1 }]]), /p 1/],
    ['no size', folderOf([['LayerNorm', {}]]), /dimension/],
    ['other tensors', folderOf([['Dense', dense, { 'linear.weight': weight(3, 5) }, 'dense']]), /missing: linear.bias/],
    ['another shape', folderOf([['Dense', { ...dense, out_features: 4 }, one, 'dense']]), /of another shape/],
    ['no weights', folderOf([['Dense', dense]]), /there are no weights/],
  ])('refuses %s', async (name, storage, message) => {
    if (name === 'a map before the pooling')
      storage.write('model/modules.json', JSON.stringify([{ path: '', type: 'x.Dense' }]));
    await expect(readModules(storage, 'model')).rejects.toThrow(message);
  });
});

describe('the pooling of a folder', () => {
  test.each<[object, readonly string[], boolean]>([
    [
      { word_embedding_dimension: 5, pooling_mode_mean_tokens: true, pooling_mode_cls_token: true },
      ['cls', 'mean'],
      true,
    ],
    [{ word_embedding_dimension: 5 }, ['mean'], true],
    [
      { embedding_dimension: 5, pooling_mode: ['max', 'mean_sqrt_len_tokens'], include_prompt: false },
      ['max', 'mean_sqrt_len'],
      false,
    ],
  ])('%j', async (config, pooling, includesPrompt) => {
    expect(await readModules(folderOf([], config), 'model')).toMatchObject({ pooling, includesPrompt });
  });
});

describe('the texts of a folder', () => {
  const vocab = Object.fromEntries(
    ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'the', 'cat', 'query:'].map((word, id) => [word, id]),
  );
  const tokenizer = {
    model: { type: 'WordLevel', vocab, unk_token: '[UNK]' },
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
  };

  async function written(pooling: object, files: Readonly<Record<string, unknown>> = {}): Promise<MemoryStorage> {
    const storage = folderOf([], pooling);
    await new BertModel({
      vocabSize: 7,
      hiddenSize: 4,
      numHiddenLayers: 1,
      numAttentionHeads: 1,
      intermediateSize: 4,
    }).savePretrained('model', { storage });
    const all = {
      'tokenizer.json': tokenizer,
      'config_sentence_transformers.json': { prompts: { query: 'query: ', passage: 'the ' } },
      ...files,
    };
    for (const [name, json] of Object.entries(all)) storage.write(`model/${name}`, JSON.stringify(json));
    return storage;
  }

  test('a prompt has no part in the vector if the folder says so', async () => {
    const storage = await written({ pooling_mode: 'mean', include_prompt: false });
    await using texts = await embedder('model', { storage });
    const { vectors } = await texts.embed(['cat'], { purpose: 'query' });
    const model = await BertModel.fromPretrained('model', { storage });
    const { lastHiddenState } = model.forward(tensor([[2, 6, 5, 3]], { dtype: 'int32' }));
    const expected = (await data(pool(lastHiddenState, tensor([[0, 0, 1, 1]]), 'mean'))) as Float32Array;
    expect(relativeDifference(vectors[0]!, expected)).toBeLessThan(TOLERANCE);
  });

  test('documents have the prefix of passages', async () => {
    await using texts = await embedder('model', { storage: await written({}) });
    const { usage } = await texts.embed(['cat'], { purpose: 'document' });
    expect(usage.inputTokens).toBe(4);
  });

  test('are as long as the tokenizer says, where nothing else does', async () => {
    const storage = await written({}, { 'tokenizer_config.json': { model_max_length: 5 } });
    await using texts = await embedder('model', { storage });
    expect((await texts.embed(['cat cat cat cat cat cat'])).usage.inputTokens).toBe(5);
    storage.write('model/sentence_bert_config.json', JSON.stringify({ max_seq_length: 6, do_lower_case: false }));
    await using longer = await embedder('model', { storage });
    expect((await longer.embed(['cat cat cat cat cat cat'])).usage.inputTokens).toBe(6);
  });

  test('settings that are not known are refused', async () => {
    const storage = await written({}, { 'sentence_bert_config.json': { query_length: 32 } });
    await expect(embedder('model', { storage })).rejects.toThrow(/query_length 32/);
  });

  test('the model may be in a folder of its own, with its tokenizer', async () => {
    const storage = await written({});
    for (const name of ['config.json', 'model.safetensors', 'tokenizer.json']) {
      storage.files.set(`model/0_Transformer/${name}`, storage.files.get(`model/${name}`)!);
      storage.files.delete(`model/${name}`);
    }
    storage.write(
      'model/modules.json',
      JSON.stringify([
        { path: '0_Transformer', type: 'x.Transformer' },
        { path: '1_Pooling', type: 'x.Pooling' },
      ]),
    );
    await using texts = await embedder('model', { storage });
    expect((await texts.embed(['cat'])).vectors[0]).toHaveLength(4);
  });
});

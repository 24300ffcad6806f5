import { DataError, setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, expect, test } from 'vitest';
import { AutoTokenizer, embedder } from '../src/text/index.ts';
import { BertModel } from '../src/index.ts';
import { MemoryStorage } from './memory-storage.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const vocab = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'hello', '##s'].join('\n');

test('the tokenizer of a folder, of whichever files it has', async () => {
  const storage = new MemoryStorage();
  storage.write('bert/vocab.txt', vocab);
  const tokenizer = await AutoTokenizer.fromPretrained('bert/', { storage });
  expect(tokenizer.encode('Hellos').tokens).toEqual(['[CLS]', 'hello', '##s', '[SEP]']);
});

test('the tokenizer of a folder of sentence-transformers stands beside its model', async () => {
  const storage = new MemoryStorage();
  const modules = [{ idx: 0, name: '0', path: '0_Transformer', type: 'sentence_transformers.models.Transformer' }];
  storage.write('sentences/modules.json', JSON.stringify(modules));
  storage.write('sentences/0_Transformer/vocab.txt', vocab);
  storage.write('sentences/vocab.txt', vocab.replace('hello', 'other'));
  const tokenizer = await AutoTokenizer.fromPretrained('sentences', { storage });
  expect(tokenizer.encode('Hellos').tokens).toEqual(['[CLS]', 'hello', '##s', '[SEP]']);
});

test('a folder without tokenizer, and one that is not there, are named with the remedy', async () => {
  const storage = new MemoryStorage();
  await new BertModel({
    vocabSize: 7,
    hiddenSize: 4,
    numHiddenLayers: 1,
    numAttentionHeads: 1,
    intermediateSize: 4,
  }).savePretrained('bare', { storage });
  for (const folder of ['bare', 'nowhere']) {
    const error: unknown = await AutoTokenizer.fromPretrained(folder, { storage }).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toContain(`AutoTokenizer.fromPretrained: there is no tokenizer. Got "${folder}"`);
    expect((error as Error).message).toContain('gai models path');
  }
  await expect(AutoTokenizer.fromPretrained('no.gguf', { storage })).rejects.toThrow('no.gguf');
  await expect(embedder('nowhere', { storage })).rejects.toThrow('nowhere');
});

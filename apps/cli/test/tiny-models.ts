import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { manualSeed } from '@gai/nn';
import { BertModel, LlamaForCausalLM, T5ForConditionalGeneration } from '@gai/transformer';
import type { PretrainedModel } from '@gai/transformer';

const WORDS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'the', 'cat', 'sat', 'on', 'mat', 'dog', 'query:', '##s'];

const MODELS: Readonly<Record<string, () => PretrainedModel>> = {
  bert: () =>
    new BertModel({
      vocabSize: WORDS.length,
      hiddenSize: 12,
      numHiddenLayers: 2,
      numAttentionHeads: 3,
      intermediateSize: 17,
      maxPositionEmbeddings: 16,
    }),
  llama: () =>
    new LlamaForCausalLM({
      vocabSize: WORDS.length,
      hiddenSize: 16,
      intermediateSize: 24,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
      maxPositionEmbeddings: 16,
    }),
  /** More heads than can be shown of a long text. */
  wide: () =>
    new BertModel({
      vocabSize: WORDS.length,
      hiddenSize: 33,
      numHiddenLayers: 2,
      numAttentionHeads: 33,
      intermediateSize: 8,
      maxPositionEmbeddings: 512,
    }),
  t5: () =>
    new T5ForConditionalGeneration({ vocabSize: WORDS.length, dModel: 12, dKv: 4, dFf: 20, numLayers: 2, numHeads: 3 }),
};

/** Files in a folder; what is no text becomes JSON. */
export async function writeFiles(folder: string, files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
}

/** A folder with a small model whose weights are random, and a vocabulary of words. */
export async function writeModel(
  folder: string,
  family: 'bert' | 'llama' | 't5' | 'wide',
  files: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const backend = await nodeBackend();
  setDefaultBackend(backend);
  manualSeed(7);
  await MODELS[family]!().savePretrained(folder);
  await backend.dispose();
  await writeFiles(folder, { 'vocab.txt': `${WORDS.join('\n')}\n`, ...files });
}

/** The modules of a folder of sentence-transformers. */
export const SENTENCE_MODULES = [
  { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
  { idx: 1, name: '1', path: '1_Pooling', type: 'sentence_transformers.models.Pooling' },
  { idx: 2, name: '2', path: '2_Normalize', type: 'sentence_transformers.models.Normalize' },
];

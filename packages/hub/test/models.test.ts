import { openGguf } from '@gai/formats';
import { readSafetensors } from '@gai/core/io';
import { expect, it } from 'vitest';
import { openModelCache } from '../src/node.ts';
import { hashTensors, hashes, readModelFile, withModel } from './real-files.ts';

const [minilm, smollm2] = [await withModel('minilm'), await withModel('smollm2')];

it.skipIf(minilm.skip)('MiniLM is what its card says, and opens', async () => {
  expect(await openModelCache().check('minilm')).toEqual([]);
  const { tensors } = readSafetensors(readModelFile(minilm.model, 'model.safetensors'));
  expect(tensors.get('embeddings.word_embeddings.weight')?.shape).toEqual([30522, 384]);
});

it.skipIf(smollm2.skip)(
  'SmolLM2: 272 tensors bit for bit as Python reads them',
  async () => {
    const { tensors, metadata } = await openGguf(readModelFile(smollm2.model, 'SmolLM2-135M-Instruct.Q4_1.gguf'));
    expect(metadata['general.architecture']).toBe('llama');
    expect((metadata['tokenizer.ggml.tokens'] as readonly string[]).length).toBe(49152);
    expect(await hashTensors(tensors)).toEqual(hashes['smollm2']);
  },
  300_000,
);

import { openTorch } from '@gai/formats';
import { describe, expect, it } from 'vitest';
import { MODEL_CARDS } from '../src/index.ts';
import { openModelCache } from '../src/node.ts';
import { hashTensors, hashes, readModelFile, withModel } from './real-files.ts';

describe('legacy checkpoints are bit for bit what torch reads', async () => {
  for (const [name, path] of [
    ['efficientnet-lite0', 'efficientnet-lite0-57934424.pth'],
    ['rxnmapper', 'pytorch_model.bin'],
  ] as const) {
    const { model, skip } = await withModel(name);
    it.skipIf(skip)(name, async () => {
      const { tensors } = await openTorch(readModelFile(model, path));
      expect(await hashTensors(tensors)).toEqual(hashes[name]);
    });
  }
});

describe('every model is what its card says', async () => {
  for (const { name } of MODEL_CARDS) {
    const { skip } = await withModel(name);
    it.skipIf(skip)(name, async () => {
      expect(await openModelCache().check(name)).toEqual([]);
    });
  }
});

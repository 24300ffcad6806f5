import { setDefaultBackend } from '@gai/core';
import { checkPortable } from '@gai/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import { samplesOfEach } from './few-samples.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

// What an op computes is checked natively with all its samples, by ops.test.ts.
describe('every op as exportOnnx writes it: operator set 20, no operators of ONNX Runtime', () => {
  for (const [name, samples] of samplesOfEach(4).flatMap((family) => Object.entries(family))) {
    test(name, async () => expect(await checkPortable(samples)).toEqual([]), 60_000);
  }
});

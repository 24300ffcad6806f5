import { setDefaultBackend } from '@gai/core';
import { allSamples, checkPortable } from '@gai/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 })));

describe('every op as exportOnnx writes it: operator set 20, no operators of ONNX Runtime', () => {
  for (const [name, samples] of allSamples.flatMap((family) => Object.entries(family))) {
    test(name, async () => expect(await checkPortable(samples)).toEqual([]), 60_000);
  }
});

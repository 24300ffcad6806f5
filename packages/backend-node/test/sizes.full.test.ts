import { setDefaultBackend } from '@gai/core';
import { checkSizes } from '@gai/core/testing';
import { beforeAll, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

it('gives 5,000 random programs with named sizes what they give with fixed ones', async () => {
  const { problems, pairs } = await checkSizes(240, 5240);
  expect(problems).toEqual([]);
  expect(pairs).toBe(5000);
});

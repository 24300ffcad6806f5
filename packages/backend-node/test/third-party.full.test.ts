import { setDefaultBackend } from '@gai/core';
import { allSamples, backendConformance } from '@gai/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import { Abacus } from './abacus.ts';

let abacus: Abacus;
beforeAll(async () => {
  abacus = new Abacus(await nodeBackend({ device: 'cpu', threads: 1 }), { loops: true, branches: true });
  setDefaultBackend(abacus);
});
afterAll(async () => {
  expect(Math.min(abacus.counts.loads, abacus.counts.runs)).toBeGreaterThan(500);
  await abacus.dispose();
});

describe('every op on a backend from elsewhere, that says only that it has loops and branches', () => {
  backendConformance({ test, samples: allSamples });
});

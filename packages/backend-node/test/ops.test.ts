import { setDefaultBackend } from '@gai/core';
import { allSamples, backendConformance } from '@gai/core/testing';
import { beforeAll, describe, test } from 'vitest';
import { nodeBackend } from '../src/index.ts';

/** An op compiles three graphs; on a busy machine that takes a while. */
const TIMEOUT_MS = 60_000;

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe('every op', () => {
  backendConformance({ test: (name, run) => test(name, run, TIMEOUT_MS), samples: allSamples });
});

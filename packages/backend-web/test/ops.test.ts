import { setDefaultBackend } from '@gai/core';
import { backendConformance } from '@gai/core/testing';
import { beforeAll, describe, test } from 'vitest';
import { samplesOfEach } from '../../backend-node/test/few-samples.ts';
import { webBackend } from '../src/index.ts';

/** An op compiles three graphs; on a busy machine that takes a while. */
const TIMEOUT_MS = 60_000;

beforeAll(async () => setDefaultBackend(await webBackend({ device: 'wasm' })));

// With all samples of each on the CPU, which has the same kernels; here with all in a full run.
describe('every op', () => {
  backendConformance({ test: (name, run) => test(name, run, TIMEOUT_MS), samples: samplesOfEach(4) });
});

import { readFileSync } from 'node:fs';
import { setDefaultBackend } from '@gai/core';
import { cpuCapabilities } from '@gai/core/backend';
import { allSamples, kernelTable, measureKernels, measureOps } from '@gai/core/testing';
import { beforeAll, expect, it } from 'vitest';
import { webBackend } from '../src/index.ts';
import type { WebBackend } from '../src/index.ts';

const MINUTES = 60_000;

let backend: WebBackend;
beforeAll(async () => setDefaultBackend((backend = await webBackend({ device: 'wasm' }))));

it(
  'wasm has the kernels that the table says',
  async () => expect(await measureKernels(backend)).toEqual(kernelTable(cpuCapabilities.kernels)),
  2 * MINUTES,
);

it(
  'docs/support.json is what runs; else write it anew: pnpm support wasm',
  async () => {
    const file = new URL('../../../docs/support.json', import.meta.url);
    const { wasm } = JSON.parse(readFileSync(file, 'utf8')) as { wasm: unknown };
    expect(await measureOps(allSamples)).toEqual(wasm);
  },
  4 * MINUTES,
);

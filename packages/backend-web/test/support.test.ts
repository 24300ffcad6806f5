import { readFileSync } from 'node:fs';
import { setDefaultBackend } from '@gai/core';
import { cpuCapabilities } from '@gai/core/backend';
import { allSamples, kernelTable, measureKernels, measureOps } from '@gai/core/testing';
import type { Sample } from '@gai/core/testing';
import { beforeAll, expect, it } from 'vitest';
import { full } from '../../backend-node/test/few-samples.ts';
import { webBackend } from '../src/index.ts';
import type { WebBackend } from '../src/index.ts';

const MINUTES = 60_000;

/** Of each family every fourth op: an op takes sessions in nine dtypes. */
const everyFourthOp = (): Readonly<Record<string, readonly Sample[]>>[] =>
  allSamples.map((family) => Object.fromEntries(Object.entries(family).filter((_, index) => index % 4 === 0)));

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
    const { wasm } = JSON.parse(readFileSync(file, 'utf8')) as { wasm: Record<string, unknown> };
    const measured = await measureOps(full ? allSamples : everyFourthOp());
    const names = new Set(Object.keys(full ? wasm : measured));
    expect(Object.keys(measured).length).toBeGreaterThan(40);
    expect(measured).toEqual(Object.fromEntries(Object.entries(wasm).filter(([name]) => names.has(name))));
  },
  4 * MINUTES,
);

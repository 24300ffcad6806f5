import { readFileSync } from 'node:fs';
import { setDefaultBackend } from '@gai/core';
import { cpuCapabilities } from '@gai/core/backend';
import { allSamples, kernelTable, measureKernels, measureOps } from '@gai/core/testing';
import { beforeAll, expect, it } from 'vitest';
import { nodeBackend } from '../src/index.ts';
import type { NodeBackend } from '../src/index.ts';

const MINUTES = 60_000;

let backend: NodeBackend;
beforeAll(async () => setDefaultBackend((backend = await nodeBackend({ device: 'cpu', threads: 1 }))));

it(
  'the CPU has the kernels that the table says',
  async () => expect(await measureKernels(backend)).toEqual(kernelTable(cpuCapabilities.kernels)),
  2 * MINUTES,
);

it(
  'docs/support.json is what runs; else write it anew: pnpm support cpu',
  async () => {
    const file = new URL('../../../docs/support.json', import.meta.url);
    const { cpu } = JSON.parse(readFileSync(file, 'utf8')) as { cpu: unknown };
    expect(await measureOps(allSamples)).toEqual(cpu);
  },
  4 * MINUTES,
);

it('nothing fails on any provider that was not refused by name', () => {
  const file = new URL('../../../docs/support.json', import.meta.url);
  const providers = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, Record<string, string>>>;
  expect(Object.keys(providers)).toEqual(['cpu', 'wasm', 'webgpu']);
  const failed = Object.entries(providers).flatMap(([provider, ops]) =>
    Object.entries(ops).flatMap(([op, row]) =>
      Object.keys(row).flatMap((dtype) => (row[dtype] === 'failed' ? [`${provider} ${op} ${dtype}`] : [])),
    ),
  );
  expect(failed).toEqual([]);
});

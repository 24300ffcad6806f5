import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { missingDriver, runOnGpu } from '../../backend-node/test/software-gpu.ts';

interface Found {
  readonly cpu: readonly (readonly number[])[];
  readonly gpu: readonly (readonly number[])[];
  readonly perToken: readonly { readonly up: number; readonly down: number }[];
}
type Report = { readonly absent: string } | { readonly found: Readonly<Record<string, Found>> };

if (missingDriver !== undefined) console.warn(`SKIPPED: no generation on WebGPU in Node, ${missingDriver}`);

it.skipIf(missingDriver !== undefined)(
  'on WebGPU the same tokens are written, and a token moves a few bytes: the cache stays on the device',
  { timeout: 600_000 },
  async ({ skip }) => {
    const report = (await runOnGpu(resolve(import.meta.dirname, 'programs/generate-gpu.ts'))) as Report;
    if ('absent' in report) return skip(report.absent);
    expect(Object.keys(report.found)).toEqual(['gpt2', 'llama', 't5']);
    for (const [name, { cpu, gpu, perToken }] of Object.entries(report.found)) {
      expect(gpu, name).toEqual(cpu);
      expect(perToken).toHaveLength(5);
      // Two rows: ids, counts, lengths and places up; the best token and the sum down. Keys and values of 70 tokens are 70 KB.
      for (const { up, down } of perToken) {
        expect(down, name).toBeLessThanOrEqual(64);
        expect(up, name).toBeLessThanOrEqual(256);
      }
    }
  },
);

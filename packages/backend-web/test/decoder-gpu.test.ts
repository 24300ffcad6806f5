import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { missingDriver, runOnGpu } from '../../backend-node/test/software-gpu.ts';

const TIMEOUT_MS = 300_000;

type Report = { readonly absent: string } | { readonly worst: Readonly<Record<string, number>> };

if (missingDriver !== undefined) console.warn(`SKIPPED: no decoder with a cache on WebGPU in Node, ${missingDriver}`);

it.skipIf(missingDriver !== undefined)(
  'a decoder with a cache on the device agrees with whole texts on WebGPU',
  async ({ skip }) => {
    const report = (await runOnGpu(resolve(import.meta.dirname, 'programs/decoder-gpu.ts'))) as Report;
    if ('absent' in report) return skip(report.absent);
    expect(Object.keys(report.worst)).toEqual(['once', 'each']);
    for (const difference of Object.values(report.worst)) expect(difference).toBeLessThan(1e-5);
  },
  TIMEOUT_MS,
);

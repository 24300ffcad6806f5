import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { webBackend } from '@gai/backend-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { missingDriver, runOnGpu } from '../../../packages/backend-node/test/software-gpu.ts';
import { smallModels, trainingLosses } from './losses.ts';

type Losses = Readonly<Record<string, readonly number[]>>;

let expected: Losses;
beforeAll(async () => {
  const backend = await nodeBackend({ device: 'cpu', threads: 1 });
  expected = await trainingLosses(backend);
  await backend.dispose();
});

function agree(got: Losses): void {
  for (const { name } of smallModels) {
    const differences = expected[name]!.map((loss, step) => Math.abs(loss - got[name]![step]!) / loss);
    expect(differences.length).toBe(20);
    expect(Math.max(...differences), name).toBeLessThan(1e-4);
  }
}

describe('20 train steps of an MLP, a CNN and a GPT agree to 1e-4', () => {
  it('they learn at all on the CPU', () => {
    for (const { name } of smallModels) expect(expected[name]!.at(-1), name).toBeLessThan(expected[name]![0]!);
  });

  it('on WebAssembly', async () => {
    const backend = await webBackend({ device: 'wasm' });
    agree(await trainingLosses(backend));
    await backend.dispose();
  });

  it('on WebGPU, nothing left to the CPU', { timeout: 300_000 }, async (context) => {
    if (missingDriver !== undefined) console.warn(`SKIPPED: no training on WebGPU, ${missingDriver}`);
    context.skip(missingDriver !== undefined, missingDriver);
    const report = (await runOnGpu(join(import.meta.dirname, 'gpu.ts'))) as { losses: Losses; absent?: string };
    if (report.absent !== undefined) console.warn(`SKIPPED: no training on WebGPU, ${report.absent}`);
    context.skip(report.absent !== undefined, report.absent);
    agree(report.losses);
  });
});

import { expect, it } from 'vitest';
import { missingDriver, runOnGpu } from './software-gpu.ts';

type Drawn = Readonly<Record<string, readonly number[]>>;

/** What `programs/webgpu-random.ts` prints; JSON keeps every bit of a float32. */
type Report = { readonly absent: string } | { readonly absent?: never; readonly cpu: Drawn; readonly webgpu: Drawn };

if (missingDriver !== undefined) console.warn(`SKIPPED: no random numbers on WebGPU in Node, ${missingDriver}`);

it.skipIf(missingDriver !== undefined)(
  'random numbers on WebGPU are those of the CPU, bit for bit',
  async (context) => {
    const report = (await runOnGpu('webgpu-random.ts')) as Report;
    if (report.absent !== undefined) {
      console.warn(`SKIPPED: no random numbers on WebGPU in Node, ${report.absent}`);
      return context.skip(report.absent);
    }
    const { cpu, webgpu } = report;
    expect(webgpu).toEqual(cpu);
    for (const values of Object.values(cpu)) expect(new Set(values).size).toBeGreaterThan(1);
    expect(Object.keys(cpu).length).toBe(8);
  },
  60_000,
);

import { webgpuCapabilities } from '@gai/core/backend';
import { kernelTable } from '@gai/core/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { full } from './few-samples.ts';
import { missingDriver, runOnGpu } from './software-gpu.ts';

/** What `programs/webgpu-samples.ts` prints. */
interface Report {
  /** Why there is no device, if there is none. */
  readonly absent?: string;
  readonly problems: Readonly<Record<string, readonly string[]>>;
  /** For each sample that is refused by name, the dtype that was to blame. */
  readonly refused: Readonly<Record<string, string>>;
  readonly lacks: readonly string[];
  readonly kernels: Readonly<Record<string, readonly string[]>>;
}

/** Dtypes that WebGPU does not compute in at all; float16 on devices that lack it. */
const NEVER = ['float64', 'int64', 'int8'];

/** Samples whose digits WGSL does not promise. */
const IMPRECISE: Readonly<Record<string, string>> = {
  remainder: 'large quotients and infinity: the quotient is rounded',
  fmod: 'large quotients and infinity: the quotient is rounded',
};

/** Dtypes of ops that are refused besides. */
const REFUSED = [
  'argsort int32',
  'avgPool float32',
  'bitwiseAnd int32',
  'bitwiseAnd uint32',
  'bitwiseAnd uint8',
  'bitwiseOr int32',
  'bitwiseOr uint32',
  'bitwiseOr uint8',
  'bitwiseXor int32',
  'bitwiseXor uint32',
  'bitwiseXor uint8',
  'conv float32',
  'convTranspose float32',
  'convWeightGradient float32',
  'leftShift uint32',
  'maxPlaces float32',
  'rightShift int32',
  'rightShift uint32',
  'while undefined',
];

const MINUTES = 60_000;

if (missingDriver !== undefined) console.warn(`SKIPPED: no WebGPU tests in Node, ${missingDriver}`);

describe.skipIf(missingDriver !== undefined)('WebGPU, with nothing left to the CPU', () => {
  let report: Report;

  // One process: a graph that ends it must not end the tests.
  beforeAll(
    async () => {
      report = (await runOnGpu('webgpu-samples.ts')) as Report;
      if (report.absent !== undefined) console.warn(`SKIPPED: no WebGPU tests in Node, ${report.absent}`);
    },
    (full ? 30 : 8) * MINUTES,
  );

  it('computes every op, its gradients and second derivatives like the reference, or refuses it', (context) => {
    context.skip(report.absent !== undefined, report.absent);
    const unexpected = Object.entries(report.problems).filter(([name]) => IMPRECISE[name] === undefined);
    expect(unexpected).toEqual([]);
    if (!full) return;
    expect(Object.keys(report.problems), 'an op of IMPRECISE has become exact').toHaveLength(
      Object.keys(IMPRECISE).length,
    );
  });

  it('refuses besides dtypes it never computes in only these', (context) => {
    context.skip(report.absent !== undefined, report.absent);
    const never = [...NEVER, ...report.lacks];
    const others = Object.entries(report.refused).filter(([, dtype]) => !never.includes(dtype));
    const ops = new Set(others.map(([sample, dtype]) => `${sample.split(':', 1)[0]} ${dtype}`));
    if (full) expect([...ops].sort()).toEqual(REFUSED);
    else expect([...ops].filter((name) => !REFUSED.includes(name))).toEqual([]);
  });

  it('has the kernels that the table says', (context) => {
    context.skip(report.absent !== undefined, report.absent);
    expect(report.kernels).toEqual(kernelTable(webgpuCapabilities.kernels));
  });
});

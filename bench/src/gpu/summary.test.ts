import { expect, it } from 'vitest';
import type { Line } from './protocol.ts';
import { summarize } from './summary.ts';

const OPS = ['add', 'sin', 'fmod', 'sort', 'last'];

const op = (what: string, problems: string[] = [], refused: string[] = []): Line => ({
  kind: 'op',
  what,
  problems,
  refused,
});

const lines: readonly Line[] = [
  { kind: 'device', device: 'webgpu', adapter: 'NVIDIA H200', software: false, lacks: [] },
  { kind: 'train', what: 'mlp', batch: 8, gpuMs: 0.5, cpuMs: 2, cpuThreads: 4, difference: 1e-6, losses: [2.3] },
  { kind: 'begin', what: 'add' },
  op('add'),
  op('fmod', ['differs']),
];

it('says what was found, with the speed beside the CPU; digits that WGSL does not promise are no fault', () => {
  const { text, failed } = summarize(lines, OPS);
  expect(failed).toBe(false);
  expect(text).toMatchInlineSnapshot(`
    "device   webgpu on NVIDIA H200
    train    mlp, batch 8: 0.50 ms a step, 2.00 ms on the CPU with 4 threads: 4.00x; the losses agree to 1.0e-6
    ops      1 of 2 right, 0 refuse some samples by name; 2 not reached in the time"
  `);
});

it('fails where an op is wrong, a part ended or losses differ; what was not done in time is only said', () => {
  expect(summarize([...lines, { kind: 'late', what: 'train gpt' }], OPS).failed).toBe(false);
  const wrong: Line[] = [
    op('sort', ['a\nb', 'c'], ['int8']),
    { kind: 'failed', what: 'sin', reason: 'ended with SIGSEGV\nmore' },
  ];
  const { text, failed } = summarize([...lines, ...wrong], OPS);
  expect(failed).toBe(true);
  expect(text.split('\n').slice(2)).toMatchInlineSnapshot(`
    [
      "ops      1 of 3 right, 1 refuse some samples by name; 1 not reached in the time",
      "WRONG    sort: 2 problems, the first: a",
      "FAILED   sin: ended with SIGSEGV",
    ]
  `);
});

it('skips loudly where there is no GPU', () => {
  const reasons = { cuda: 'no cuda', webgpu: 'no device file' };
  expect(summarize([{ kind: 'absent', reasons }], OPS)).toEqual({
    text: 'SKIPPED: no GPU of this machine runs a graph.\nno cuda\nno device file',
    failed: false,
  });
});

it('calls software no GPU', () => {
  const device: Line = { kind: 'device', device: 'webgpu', adapter: 'software: lvp', software: true, lacks: [] };
  expect(summarize([device], OPS).text).toContain('device   webgpu on software: lvp (this is no GPU)');
});

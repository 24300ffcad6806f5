import { describe, expect, it } from 'vitest';
import type { KernelRun } from '../../backend/backend.ts';
import { kernelsOf } from './kernels.ts';
import { byLine } from './lines.ts';
import type { Recording } from './recorder.ts';
import { formatBytes, formatLines } from './table.ts';

const kernel = (node: string, run: number, start: number, duration: number, opType = 'Add'): KernelRun => ({
  node,
  opType,
  run,
  start,
  duration,
  bytes: 1000,
  shapes: '',
});

/** A loop with two kernels in it, and one kernel behind it; the first of two runs does not count. */
const recording: Recording = {
  name: 'f',
  skipped: 1,
  runs: [
    { start: 0, end: 10 },
    { start: 10, end: 30 },
  ],
  profile: {
    runs: [10, 18],
    kernels: [
      kernel('scan_0', 0, 0, 100, 'Scan'),
      kernel('scan_0', 1, 1, 10, 'Scan'),
      kernel('mul_1', 1, 2, 3),
      kernel('mul_1', 1, 6, 4),
      kernel('add_2/fused', 1, 12, 5),
    ],
  },
  sourceOf: (name) => {
    if (name === 'scan_0') return { op: 'scan', place: { line: 'f (/home/me/a.ts:1:5)' } };
    if (name === 'mul_1') return { op: 'mul', place: { line: 'f (/home/me/a.ts:1:9)', isGradient: true } };
    return name === 'add_2' ? { op: 'add', place: { line: '/home/me/b.ts:7:1' } } : undefined;
  },
};

describe('a recording', () => {
  it('gives loops their own time, lines all their columns, and what was fused the line of the first', () => {
    const lines = byLine(kernelsOf(recording), 1);
    expect(lines.map(({ ops: _, ...line }) => line)).toEqual([
      { line: 'f (/home/me/a.ts:1)', time: 10, gradientTime: 7, bytes: 2000, kernels: 3 },
      { line: '/home/me/b.ts:7', time: 5, gradientTime: 0, bytes: 1000, kernels: 1 },
    ]);
    expect(lines[0]!.ops.map(({ op, isGradient, time }) => [op, isGradient, time])).toEqual([
      ['mul', true, 7],
      ['scan', false, 3],
    ]);
  });

  it('lies where its runs ended', () => {
    expect(kernelsOf(recording).map(({ at }) => at)).toEqual([13, 14, 18, 24]);
  });

  it('is a table, with short paths and what is left over in one row', () => {
    const lines = byLine(kernelsOf(recording), 1);
    expect(formatLines(lines, {})).toMatchInlineSnapshot(`
      "    ms   share  gradient   bytes  kernels  line        ops
      10.000  66.7 %     7.000  2.0 kB        3  f (a.ts:1)  ∂mul, scan
       5.000  33.3 %            1.0 kB        1  b.ts:7      add"
    `);
    expect(formatLines(lines, { rowLimit: 1 }).split('\n')[2]).toBe(
      ' 5.000  33.3 %            1.0 kB        1  1 more line',
    );
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345_678, '12.3 MB'],
  [5e12, '5000.0 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

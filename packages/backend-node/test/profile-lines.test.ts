import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  Variable,
  add,
  compile,
  gather,
  grad,
  jit,
  linear,
  matmul,
  mul,
  profile,
  relu,
  scan,
  setDefaultBackend,
  spec,
  sum,
  tensor,
  toArray,
} from '@gai/core';
import type { Profile, ProfiledLine, Tensor } from '@gai/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WAYS, open, rejection } from './backends.ts';
import type { NodeBackend } from '../src/index.ts';

/** What this file's line with that mark took. */
function lineOf(report: Profile, mark: string): ProfiledLine {
  const source = readFileSync(import.meta.filename, 'utf8').split('\n');
  const number = source.findIndex((line) => line.endsWith(`// ${mark}`)) + 1;
  const found = report.lines.filter(({ line }) => line?.includes(`profile-lines.test.ts:${number}`) === true);
  expect(found, `${mark} in line ${number} of\n${report.table()}`).toHaveLength(1);
  return found[0]!;
}

const opsOf = ({ ops }: ProfiledLine): string[] =>
  ops.map(({ op, isGradient }) => (isGradient ? `∂${op}` : op)).toSorted();

const x = tensor([
  [1, 2],
  [3, 4],
]);

function loss(w: Tensor): Tensor {
  const hidden = relu(matmul(x, w)); // hidden
  return sum(mul(hidden, hidden)); // loss
}

describe.each(WAYS)('profile, %s', (_, worker) => {
  let backend: NodeBackend;
  beforeAll(async () => {
    backend = await open(worker);
    setDefaultBackend(backend);
  }, 60_000);
  afterAll(() => backend.dispose());

  const gradient = grad(loss);
  const compiled = jit((w: Tensor) => gradient(w));

  it.each([
    ['un-jitted', () => gradient(x)],
    ['compiled', () => compiled(x)],
  ])('knows lines and their gradients, %s', async (_, step) => {
    await step();
    const report = await profile(step, { active: 2 });
    const hidden = lineOf(report, 'hidden');
    expect(opsOf(hidden)).toEqual(expect.arrayContaining(['matmul', 'relu', '∂matmul']));
    expect(hidden.gradientTime).toBeGreaterThan(0);
    expect(hidden.gradientTime).toBeLessThan(hidden.time);
    // Two products and a relu of [2, 2] at least, one of the products in the gradient.
    expect(hidden.bytes).toBeGreaterThanOrEqual(48);
    expect(opsOf(lineOf(report, 'loss'))).toEqual(expect.arrayContaining(['∂mul']));
    expect(report.calls).toBe(2);
    expect(report.kernelTime).toBeLessThan(report.wallTime);
    expect(report.lines.filter(({ line }) => line === undefined)).toEqual([]);
  });

  it('gives equal programs of two lines a row each', async () => {
    const report = await profile(async () => {
      const first = add(x, 1); // first
      const second = add(x, 1); // second
      return [await matmulOf(first), await matmulOf(second)];
    });
    expect(opsOf(lineOf(report, 'first'))).toEqual(['add']);
    expect(opsOf(lineOf(report, 'second'))).toEqual(['add']);
    expect(lineOf(report, 'product').kernels).toBe(2);
  });

  it('counts the kernels of loops for their own lines, and what the runtime fuses', async () => {
    const w = tensor([
      [1, 0],
      [0, 1],
    ]);
    const report = await profile(() => {
      const looped = scan(
        (carry: Tensor, at: Tensor) => {
          const next = add(carry, at); // body
          return [next, next] as const;
        },
        tensor([0, 0]),
        x,
      );
      return [looped, linear(x, w, tensor([1, 2]))]; // linear
    });
    expect(lineOf(report, 'body').kernels).toBe(2);
    expect(opsOf(lineOf(report, 'linear')).length).toBeGreaterThan(0);
    expect(report.lines.filter(({ line }) => line === undefined)).toEqual([]);
  });

  it('follows the weights of what is compiled with them', async () => {
    const w = new Variable(
      tensor([
        [1, 0],
        [0, 1],
      ]),
    );
    await using run = await compile((given: Tensor) => matmul(given, w), { given: spec([2, 2]) }); // frozen
    const report = await profile(() => run(x));
    expect(opsOf(lineOf(report, 'frozen'))).toEqual(['matmul']);
    w.assign(x);
    const stale = await rejection(profile(() => run(x)));
    expect(stale.message).toMatch(/^profile: '.*' computes with values its variables had before\. .*Call refresh\(\)/);
  });
});

async function matmulOf(value: Tensor): Promise<unknown> {
  return toArray(matmul(value, value)); // product
}

describe('a profile', () => {
  let backend: NodeBackend;
  const folder = mkdtempSync(join(tmpdir(), 'gai-profile-'));
  beforeAll(async () => {
    backend = await open(false);
    setDefaultBackend(backend);
  });
  afterAll(async () => {
    await backend.dispose();
    rmSync(folder, { recursive: true });
  });

  it('is a table on the console, and a file for Perfetto only when it is asked for', async () => {
    const report = await profile(() => matmul(x, x), { warmup: 0, active: 1 });
    expect(inspect(report)).toBe(report.table());
    expect(report.table()).toMatch(/ms a call while it is watched \(1 call, cpu\), .* in kernels\n\n.*ms +share/s);
    expect(report.table({ sortBy: 'bytes', rowLimit: 1 })).toContain('16 B');
    expect(readdirSync(folder)).toEqual([]);
    await report.exportChromeTrace(join(folder, 'trace.json'));
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as {
      traceEvents: { name: string; ph: string; cat?: string; ts: number; dur: number; args?: { line?: string } }[];
    };
    const [call, run, kernel] = traceEvents.filter(({ ph }) => ph === 'X');
    expect([call!.cat, run!.cat, kernel!.cat, kernel!.name]).toEqual(['calls', 'runs', 'kernels', 'matmul']);
    expect(kernel!.args!.line).toContain('profile-lines.test.ts');
    for (const inner of [run!, kernel!]) {
      expect(inner.ts).toBeGreaterThanOrEqual(call!.ts);
      expect(inner.ts + inner.dur).toBeLessThanOrEqual(call!.ts + call!.dur + 1);
    }
  });

  it('leaves nothing behind: no files, no lines outside of it, and the sessions of others', async () => {
    const traces = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('gai-trace-'));
    const before = traces();
    await profile(() => mul(x, 3));
    expect(traces().filter((name) => !before.includes(name))).toEqual([]);
    expect(mul(x, 3).node.origin).toBeUndefined();
    expect(await toArray(mul(x, 3))).toEqual([
      [3, 6],
      [9, 12],
    ]);
  });

  it('refuses what it cannot measure', async () => {
    const nested = await rejection(profile(() => profile(() => x)));
    const failing = await rejection(
      profile(() => toArray(gather(x, tensor(5, { dtype: 'int32' }))).catch(() => undefined)),
    );
    const none = await rejection(profile(() => x, { active: 0 }));
    expect([nested, failing, none].map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "profile: it cannot be taken here. Got a call inside a traced function, or while another profile is taken; expected one at a time, outside. Await the first.",
        "profile: a run failed while it was watched. Got an error that the function caught; expected runs that succeed, since their kernels are counted. Call what fails outside.",
        "profile: active does not fit. Got 0; expected a whole number of at least 1. Look at how profile is called.",
      ]
    `);
    // And it is over then.
    expect((await profile(() => add(x, 1))).calls).toBe(3);
  });
});

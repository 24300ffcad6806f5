import { grad, jit, matmul, mul, profile, setDefaultBackend, sum, tensor, toArray } from '@gai/core';
import type { Tensor } from '@gai/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { webBackend } from '../src/index.ts';
import type { WebBackend } from '../src/index.ts';

let backend: WebBackend;
beforeAll(async () => {
  backend = await webBackend({ device: 'wasm', threads: 1 });
  setDefaultBackend(backend);
});
afterAll(() => backend.dispose());

const x = tensor([
  [1, 2],
  [3, 4],
]);

it.each([
  ['un-jitted', (fn: (w: Tensor) => Tensor) => fn],
  ['compiled', (fn: (w: Tensor) => Tensor) => jit(fn)],
])('tells what lines and their gradients take on WebAssembly, %s', async (_, made) => {
  const log = vi.spyOn(console, 'log');
  const step = made(
    grad((w: Tensor) => {
      const product = matmul(x, w);
      return sum(mul(product, product));
    }),
  );
  const report = await profile(() => step(x));
  const ops = report.lines.flatMap(({ ops: own }) => own.map(({ op, isGradient }) => (isGradient ? `∂${op}` : op)));
  expect(ops).toEqual(expect.arrayContaining(['matmul', '∂matmul', '∂mul']));
  for (const { line } of report.lines) expect(line).toContain('profile.test.ts');
  expect(report.kernelTime).toBeGreaterThan(0);
  expect(report.kernelTime).toBeLessThan(report.wallTime);
  // The runtime prints its trace; nobody sees it.
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
  expect(await toArray(await step(x))).toHaveLength(2);
});

it('gives the trace as text, since a page of Node has no files', async () => {
  const report = await profile(() => matmul(x, x));
  expect(JSON.parse(report.chromeTrace()).traceEvents.length).toBeGreaterThan(8);
  await expect(report.exportChromeTrace('trace.json')).rejects.toThrow(
    "profile.exportChromeTrace: the backend has no files. Got path 'trace.json'",
  );
});

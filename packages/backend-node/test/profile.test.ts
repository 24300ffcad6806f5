import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBackend } from '@gai/backend-node';
import { add, matmul, setDefaultBackend, tensor, toArray } from '@gai/core';
import { expect, test } from 'vitest';

test.each([{ worker: false }, { worker: true }])('writes the times of kernels, worker $worker', async ({ worker }) => {
  const folder = mkdtempSync(join(tmpdir(), 'gai-profile-'));
  try {
    const backend = await nodeBackend({ device: 'cpu', worker, profile: join(folder, 'graph') });
    setDefaultBackend(backend);
    expect(await toArray(matmul(tensor([[1, 2]]), tensor([[3], [4]])))).toEqual([[11]]);
    expect(await toArray(add(tensor([1]), 1))).toEqual([2]);
    await backend.dispose();
    const traces = readdirSync(folder)
      .toSorted()
      .map(
        (file) =>
          JSON.parse(readFileSync(join(folder, file), 'utf8')) as { name: string; args?: { op_name?: string } }[],
      );
    const kernels = traces.map((trace) => trace.filter(({ name }) => name.endsWith('_kernel_time')));
    expect(kernels.map((one) => one.map(({ args }) => args?.op_name))).toEqual([['MatMul'], ['Add']]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

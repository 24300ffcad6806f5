import { expect, it, vi } from 'vitest';
import { webBackend } from './backend.ts';
import { resolveOptions } from './options.ts';
import type { WebBackendOptions } from './options.ts';

it.each<[WebBackendOptions, string]>([
  [
    { threads: 0 },
    'webBackend: threads is not a count. Got 0; expected a whole number of at least 1. Leave it out for the default.',
  ],
  [{ maxSessions: 1.5 }, 'webBackend: maxSessions is not a count. Got 1.5; expected a whole number of at least 1.'],
  [
    { device: 'gpu' as 'auto' },
    "webBackend: unknown device. Got 'gpu'; expected one of auto, webgpu, wasm. Use 'auto' to let it choose.",
  ],
  [
    { wasmPath: '/ort/' } as WebBackendOptions,
    "webBackend: no such option. Got 'wasmPath'; expected one of device, threads, wasmPaths, strict, maxSessions, onWarning.",
  ],
  [{ device: 'cpu' as 'auto' }, 'For cpu use nodeBackend from @gai/backend-node.'],
])('refuses %o', async (options, message) => {
  await expect(webBackend(options)).rejects.toThrow(message);
});

it('warns on the console, once per message', () => {
  const spy = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { warn } = resolveOptions({});
  for (const message of ['one', 'two', 'one']) warn(message);
  expect(spy.mock.calls).toEqual([['one'], ['two']]);
  spy.mockRestore();
});

it('goes on with WebAssembly where there is no WebGPU, and says so; strict throws', async () => {
  const warnings: string[] = [];
  const backend = await webBackend({ device: 'webgpu', onWarning: (message) => warnings.push(message) });
  expect(backend.provider).toBe('wasm');
  expect(warnings).toEqual([
    "webBackend: WebGPU does not work here. Got 'this browser has no WebGPU, or the page is not served over https'; " +
      'expected a small graph to run on it. It runs as WebAssembly.',
  ]);
  await backend.dispose();
  await expect(webBackend({ device: 'webgpu', strict: true })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: webBackend: WebGPU does not work here. Got 'this browser has no WebGPU, or the page is not served over https'; expected a small graph to run on it. Use 'auto' or 'wasm', or leave strict out.]`,
  );
});

it('says that Node has one thread; strict throws', async () => {
  const warnings: string[] = [];
  const backend = await webBackend({ device: 'wasm', threads: 2, onWarning: (message) => warnings.push(message) });
  expect([backend.threads, warnings.length]).toEqual([1, 1]);
  await backend.dispose();
  await expect(webBackend({ device: 'wasm', threads: 2, strict: true })).rejects.toThrow(
    'cannot have that many threads',
  );
});

import { expect, it } from 'vitest';
import { importRuntime, loadRuntime } from './runtime.ts';

it('loads once', async () => {
  const runtime = await loadRuntime();
  expect(await loadRuntime()).toBe(runtime);
  expect(runtime.listSupportedBackends().map(({ name }) => name)).toContain('cpu');
});

it('names backend-web on a platform without a binary, without trying to load', async () => {
  const load = (): never => {
    throw new Error('must not be called');
  };
  await expect(importRuntime('darwin', 'x64', load)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: nodeBackend: onnxruntime-node has no binary for this platform. Got darwin-x64; expected one of linux-x64, linux-arm64, darwin-arm64, win32-x64, win32-arm64. Use webBackend from @gai/backend-web, which runs everywhere as WebAssembly.]`,
  );
});

it('says why a binary does not load', async () => {
  const load = async (): Promise<never> => {
    throw new Error('libstdc++.so.6: cannot open shared object file\nmore');
  };
  await expect(importRuntime('linux', 'x64', load)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: nodeBackend: onnxruntime-node did not load. Got 'libstdc++.so.6: cannot open shared object file' on linux-x64. Reinstall it with npm install onnxruntime-node, or use webBackend from @gai/backend-web.]`,
  );
});

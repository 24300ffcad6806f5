import { afterEach, expect, it, vi } from 'vitest';
import type { Backend } from '../backend/backend.ts';
import { webgpuCapabilities } from '../backend/providers.ts';
import { PORTABLE_KERNELS } from '../onnx/portable-kernels.ts';
import { exp } from '../ops/unary.ts';
import { spec } from '../trace/trace.ts';
import { compile } from './compile.ts';
import { setDefaultBackend } from './default.ts';

afterEach(() => setDefaultBackend(undefined));

it('says what the provider leaves to the fallback', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const session = { run: async () => [], release: async () => undefined };
  const backend: Partial<Backend> = {
    provider: 'webgpu',
    capabilities: { ...webgpuCapabilities, fallback: { provider: 'cpu', kernels: PORTABLE_KERNELS } },
    load: async () => session,
  };
  setDefaultBackend(backend as Backend);
  await compile(exp, { x: spec([2], 'float64') });
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^webgpu has no operator Exp of float64 .*runs on cpu/)]]);
  warn.mockRestore();
});

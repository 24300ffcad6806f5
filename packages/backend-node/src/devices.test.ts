import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeBackend } from './backend.ts';
import { listDevices, resolveDevice } from './devices.ts';
import { deviceFileExists } from './probe.ts';
import type { Runtime } from './runtime.ts';
import { loadRuntime } from './runtime.ts';

/** A runtime on which sessions of some providers open and run. */
function fakeRuntime(built: readonly string[], working: readonly string[]): Runtime & { asked: string[] } {
  const asked: string[] = [];
  const session = { run: async () => ({}), release: async () => undefined };
  const create = async (_: unknown, options: { executionProviders: string[]; extra: unknown }): Promise<unknown> => {
    const provider = options.executionProviders.join(', ');
    asked.push(`${provider} ${JSON.stringify(options.extra)}`);
    if (working.includes(provider)) return session;
    throw new Error(`no ${provider} hardware\nand more`);
  };
  const fake = {
    asked,
    Tensor: class {},
    InferenceSession: { create },
    listSupportedBackends: () => built.map((name) => ({ name, bundled: true })),
  };
  return fake as unknown as Runtime & { asked: string[] };
}

const STRICT = '{"session":{"disable_cpu_ep_fallback":"1"}}';

/** With a software driver named, a GPU is looked for on any machine. */
async function withDriver<T>(work: () => Promise<T>): Promise<T> {
  process.env['VK_DRIVER_FILES'] ??= 'driver.json';
  try {
    return await work();
  } finally {
    if (process.env['VK_DRIVER_FILES'] === 'driver.json') delete process.env['VK_DRIVER_FILES'];
  }
}

describe('resolveDevice', () => {
  it('takes the first GPU that runs a graph by itself for auto, else the CPU', async () => {
    const both = fakeRuntime(['cpu', 'webgpu', 'cuda'], ['webgpu']);
    expect(await withDriver(() => resolveDevice(both, 'auto'))).toBe('webgpu');
    expect(both.asked).toEqual([`cuda ${STRICT}`, `webgpu ${STRICT}`]);
    expect(await withDriver(() => resolveDevice(fakeRuntime(['cpu', 'webgpu'], []), 'auto'))).toBe('cpu');
    expect(await resolveDevice(fakeRuntime(['cpu'], []), 'auto')).toBe('cpu');
  });

  it('never looks for what the runtime was built without: dml on Linux would succeed in silence', async () => {
    const runtime = fakeRuntime(['cpu'], ['dml']);
    await expect(resolveDevice(runtime, 'dml')).rejects.toThrow(
      `nodeBackend: the device 'dml' does not work here. Got 'onnxruntime-node is built without dml on ` +
        `${process.platform}'; expected a small graph to run on it. Use 'auto' or 'cpu', or see listDevices().`,
    );
    expect(runtime.asked).toEqual([]);
  });

  it('refuses a device that is built in but does not run, with the first line of the reason', async () => {
    const runtime = fakeRuntime(['cpu', 'cuda'], []);
    await expect(withDriver(() => resolveDevice(runtime, 'cuda'))).rejects.toThrow(
      "the device 'cuda' does not work here. Got 'no cuda hardware'; expected",
    );
  });

  it('names the devices it knows', async () => {
    const runtime = await loadRuntime();
    await expect(resolveDevice(runtime, 'gpu')).rejects.toThrowErrorMatchingInlineSnapshot(
      `[BackendError: nodeBackend: unknown device. Got 'gpu'; expected one of auto, cpu, webgpu, cuda, dml, coreml. Use 'auto' to let it choose.]`,
    );
    await expect(resolveDevice(runtime, 'wasm')).rejects.toThrow('For wasm use webBackend from @gai/backend-web.');
  });
});

it('lists the CPU first, and a reason for each device that does not work', async () => {
  const devices = await listDevices();
  expect(devices.map(({ device }) => device)).toEqual(['cpu', 'webgpu', 'cuda', 'dml', 'coreml']);
  expect(devices[0]).toEqual({ device: 'cpu', available: true });
  for (const { available, reason } of devices) expect(reason === undefined).toBe(available);
});

it('looks for a GPU on Linux only where there is a device file or a driver is named', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gai-dev-'));
  expect(deviceFileExists('linux', {}, folder)).toBe(false);
  expect(deviceFileExists('linux', { VK_ICD_FILENAMES: 'x' }, folder)).toBe(true);
  expect(deviceFileExists('win32', {}, folder)).toBe(true);
  await writeFile(join(folder, 'nvidia0'), '');
  expect(deviceFileExists('linux', {}, folder)).toBe(true);
  await rm(folder, { recursive: true });
});

describe('nodeBackend', () => {
  it('refuses counts that are none', async () => {
    await expect(nodeBackend({ threads: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: nodeBackend: threads is not a count. Got 0; expected a whole number of at least 1. Leave it out for the default.]`,
    );
    await expect(nodeBackend({ threads: 1.5 })).rejects.toThrow('Got 1.5; expected a whole number of at least 1.');
    await expect(nodeBackend({ maxSessions: -1 })).rejects.toThrow('nodeBackend: maxSessions is not a count. Got -1;');
  });

  it('uses what was asked for', async () => {
    await using backend = await nodeBackend({ device: 'cpu', threads: 1, maxSessions: 3 });
    expect(backend.threads).toBe(1);
    expect(backend.maxSessions).toBe(3);
  });
});

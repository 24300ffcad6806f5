import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const SWITCH = 'ORT_DISABLE_TELEMETRY';
const thread = vi.hoisted(() => ({ isMainThread: true }));
vi.mock('node:worker_threads', async (original) => ({
  ...(await original<object>()),
  get isMainThread() {
    return thread.isMainThread;
  },
}));

/** The function as a process that has not called it yet has it. */
async function fresh(setting?: string): Promise<typeof import('./telemetry.ts').settleTelemetry> {
  vi.resetModules();
  if (setting === undefined) delete process.env[SWITCH];
  else process.env[SWITCH] = setting;
  return (await import('./telemetry.ts')).settleTelemetry;
}

describe('settleTelemetry', () => {
  const before = process.env[SWITCH];
  beforeEach(() => {
    thread.isMainThread = true;
  });
  afterEach(() => {
    if (before === undefined) delete process.env[SWITCH];
    else process.env[SWITCH] = before;
  });

  it.each([
    ['nothing said', undefined, undefined, false, '1'],
    ['allowed', undefined, true, true, undefined],
    ['refused', undefined, false, false, '1'],
    ['the environment refuses', '1', undefined, false, '1'],
    ['the environment refuses what the program allows', '1', true, false, '1'],
    ['the environment allows', '0', undefined, true, '0'],
    ['the program refuses what the environment allows', '0', false, false, '1'],
  ])('%s', async (_, setting, allow, sends, left) => {
    const settle = await fresh(setting);
    expect(settle(allow)).toBe(sends);
    expect(process.env[SWITCH]).toBe(left);
  });

  it('keeps the first decision, and refuses another one', async () => {
    const off = await fresh();
    off();
    expect(off()).toBe(false);
    expect(off(false)).toBe(false);
    expect(() => off(true)).toThrowErrorMatchingInlineSnapshot(
      `[ArgumentError: nodeBackend: telemetry is decided once in a process. Got telemetry: true; expected false, as the first backend had it. Give every backend the same setting, or the first one yours.]`,
    );
    const on = await fresh();
    on(true);
    expect(on()).toBe(true);
    expect(() => on(false)).toThrow('Got telemetry: false; expected true');
  });

  it('refuses to open in a thread of the program, where it cannot be turned off', async () => {
    thread.isMainThread = false;
    const settle = await fresh();
    expect(() => settle()).toThrowErrorMatchingInlineSnapshot(
      `[BackendError: nodeBackend: the runtime's telemetry cannot be turned off from this thread. Got a worker thread in a process without ORT_DISABLE_TELEMETRY; expected it to be 1 before the thread starts. Set it in the environment, or in the main thread before you make the worker; or pass telemetry: true to allow the reports.]`,
    );
    expect(process.env[SWITCH]).toBeUndefined();
    expect((await fresh('1'))()).toBe(false);
    expect((await fresh())(true)).toBe(true);
  });
});

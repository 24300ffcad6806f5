import { resolveDevice } from './devices.ts';
import { LocalBackend } from './local-backend.ts';
import type { ResolvedOptions } from './options.ts';
import { probeChannelBlock, probeProvider } from './probe.ts';
import { loadRuntime } from './runtime.ts';

/** Makes the backend in this thread. */
export async function openLocal(options: ResolvedOptions): Promise<LocalBackend> {
  const runtime = await loadRuntime(options.telemetry);
  const provider = await resolveDevice(runtime, options.device);
  const halves = provider !== 'webgpu' || (await probeProvider(runtime, provider, 'float16')) === undefined;
  const channelBlock = provider === 'cpu' ? await probeChannelBlock(runtime) : undefined;
  return new LocalBackend(runtime, { provider, lacks: halves ? [] : ['float16'], channelBlock }, options);
}

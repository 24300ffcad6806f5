import { capabilitiesFor } from './capabilities.ts';
import { resolveDevice } from './devices.ts';
import { LocalBackend } from './local-backend.ts';
import type { ResolvedOptions } from './options.ts';
import { loadRuntime } from './runtime.ts';

/** Makes the backend in this thread. */
export async function openLocal(options: ResolvedOptions): Promise<LocalBackend> {
  const runtime = await loadRuntime(options.telemetry);
  const provider = await resolveDevice(runtime, options.device);
  const capabilities = await capabilitiesFor(runtime, provider, options.strict);
  return new LocalBackend(runtime, { provider, capabilities }, options);
}

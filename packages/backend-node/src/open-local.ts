import { resolveDevice } from './devices.ts';
import { LocalBackend } from './local-backend.ts';
import type { ResolvedOptions } from './options.ts';
import { loadRuntime } from './runtime.ts';

/** Makes the backend in this thread. */
export async function openLocal(options: ResolvedOptions): Promise<LocalBackend> {
  const runtime = await loadRuntime();
  const provider = await resolveDevice(runtime, options.device);
  return new LocalBackend(runtime, provider, options);
}

import { BackendError, firstLine } from '@gai/core/backend';
import { settleTelemetry } from './telemetry.ts';

/** The module `onnxruntime-node`. */
export type Runtime = typeof import('onnxruntime-node');

/** Platforms of which onnxruntime-node 1.30 carries a binary. */
const BINARIES = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

let loading: Promise<Runtime> | undefined;

/**
 * Loads onnxruntime-node at the first call, so that importing this package costs nothing and a platform without a
 * binary gets a message instead of a failed import. Nothing else imports it: its reporter must be off before it starts.
 * @param telemetry - Whether it may send reports; undefined is no, unless the environment says otherwise.
 * @throws BackendError if the platform has no binary or the binary does not load.
 */
export async function loadRuntime(telemetry?: boolean): Promise<Runtime> {
  settleTelemetry(telemetry);
  loading ??= importRuntime(process.platform, process.arch, () => import('onnxruntime-node'));
  return loading;
}

/** What {@link loadRuntime} does, for any platform. */
export async function importRuntime(
  platform: string,
  arch: string,
  load: () => Promise<Runtime & { default?: Runtime }>,
): Promise<Runtime> {
  const found = `${platform}-${arch}`;
  if (!BINARIES.includes(found)) {
    throw new BackendError(
      `nodeBackend: onnxruntime-node has no binary for this platform. Got ${found}; expected one of ` +
        `${BINARIES.join(', ')}. Use webBackend from @gai/backend-web, which runs everywhere as WebAssembly.`,
      { op: 'nodeBackend', details: { platform, arch } },
    );
  }
  try {
    const module = await load();
    return module.default ?? module;
  } catch (cause) {
    throw new BackendError(
      `nodeBackend: onnxruntime-node did not load. Got '${firstLine(cause)}' on ${found}. Reinstall it with ` +
        'npm install onnxruntime-node, or use webBackend from @gai/backend-web.',
      { op: 'nodeBackend', details: { platform, arch }, cause },
    );
  }
}

import { BackendError } from '@gai/core/backend';
import { probeProvider } from './probe.ts';
import { loadRuntime } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/**
 * What {@link nodeBackend} takes as `device`: `auto` is the first GPU that really runs a graph, else the CPU.
 * @category Backends
 */
export type NodeDevice = 'auto' | 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/**
 * A device as {@link listDevices} found it.
 * @category Backends
 */
export interface DeviceInfo {
  /** What to pass as `device`. */
  readonly device: Exclude<NodeDevice, 'auto'>;
  /** Whether a small graph really ran on it just now. */
  readonly available: boolean;
  /** Why it is not available. */
  readonly reason?: string;
}

type Device = DeviceInfo['device'];

const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'];

/** Looked for in this order by `auto`; coreml runs too few of the operators that training needs. */
const PREFERENCE: readonly Device[] = ['cuda', 'dml', 'webgpu'];

/**
 * Finds out which devices of this machine run graphs, by running a small one on each.
 *
 * @returns One entry per device that onnxruntime-node knows, the CPU first.
 * @throws {@link BackendError} if onnxruntime-node does not load on this platform.
 * @example
 * const devices = await listDevices();
 * devices[0]; // => { device: 'cpu', available: true }
 * @category Backends
 */
export async function listDevices(): Promise<DeviceInfo[]> {
  const runtime = await loadRuntime();
  const found: DeviceInfo[] = [];
  for (const device of DEVICES) found.push(await inspectDevice(runtime, device));
  return found;
}

/** The provider that will run for what was asked, proven by a run. */
export async function resolveDevice(runtime: Runtime, wanted: string): Promise<Device | 'cpu'> {
  if (wanted === 'cpu') return 'cpu';
  if (wanted === 'auto') {
    for (const device of PREFERENCE) {
      if ((await inspectDevice(runtime, device)).available) return device;
    }
    return 'cpu';
  }
  const device = DEVICES.find((name) => name === wanted);
  if (device === undefined) throw unknownDevice(wanted);
  const { available, reason } = await inspectDevice(runtime, device);
  if (available) return device;
  throw new BackendError(
    `nodeBackend: the device '${device}' does not work here. Got '${reason}'; expected a small graph to run on it. ` +
      `Use 'auto' or 'cpu', or see listDevices().`,
    { op: 'nodeBackend', details: { device, reason } },
  );
}

async function inspectDevice(runtime: Runtime, device: Device): Promise<DeviceInfo> {
  if (!runtime.listSupportedBackends().some(({ name }) => name === device)) {
    return { device, available: false, reason: `onnxruntime-node is built without ${device} on ${process.platform}` };
  }
  const reason = await probeProvider(runtime, device);
  return reason === undefined ? { device, available: true } : { device, available: false, reason };
}

function unknownDevice(wanted: string): BackendError {
  const hint = wanted === 'wasm' ? 'For wasm use webBackend from @gai/backend-web.' : "Use 'auto' to let it choose.";
  return new BackendError(
    `nodeBackend: unknown device. Got '${wanted}'; expected one of auto, ${DEVICES.join(', ')}. ${hint}`,
    { op: 'nodeBackend', details: { device: wanted, known: ['auto', ...DEVICES] } },
  );
}

import { firstLine } from '@gai/core/backend';
import type { Gpu, GpuAdapter, GpuDevice } from '../platform.ts';

/** Limits that large graphs need as high as the adapter has them. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

const FEATURES = ['shader-f16', 'subgroups'] as const;

/** A GPU, or why there is none. */
export type OpenedGpu = { readonly device: GpuDevice } | { readonly reason: string };

/**
 * Asks for a GPU device.
 * @param software - Whether a GPU that is software will do: it is slower than WebAssembly.
 */
export async function openGpu(gpu: Gpu | undefined, software: boolean): Promise<OpenedGpu> {
  if (gpu === undefined) return { reason: 'this browser has no WebGPU, or the page is not served over https' };
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return { reason: 'the browser finds no GPU it may use' };
    if (!software && isSoftware(adapter))
      return { reason: 'the only GPU is software, which is slower than WebAssembly' };
    const limits = LIMITS.flatMap((name) => {
      const most = adapter.limits[name];
      return most === undefined ? [] : [[name, most] as const];
    });
    const device = await adapter.requestDevice({
      requiredFeatures: FEATURES.filter((name) => adapter.features.has(name)),
      requiredLimits: Object.fromEntries(limits),
    });
    return { device };
  } catch (error) {
    return { reason: firstLine(error) };
  }
}

const isSoftware = ({ info, isFallbackAdapter }: GpuAdapter): boolean =>
  info?.isFallbackAdapter ?? isFallbackAdapter ?? false;

import { wasmCapabilities, webgpuCapabilities } from '@gai/core/backend';
import type { Capabilities } from '@gai/core/backend';
import type { GpuDevice } from '../platform.ts';

/** What a GPU can do. The WebGPU build of onnxruntime-web leaves the CPU's float64 kernels out, and a GPU has none. */
export function gpuCapabilities({ features }: GpuDevice, strict: boolean): Partial<Capabilities> {
  return {
    ...webgpuCapabilities,
    lacks: features.has('shader-f16') ? ['float64'] : ['float64', 'float16'],
    fallback: strict ? undefined : { provider: 'wasm', kernels: wasmCapabilities.kernels },
  };
}

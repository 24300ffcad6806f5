import { allocate } from '@gai/core/backend';
import type { DType, HostTensor, TypedArray } from '@gai/core/backend';
import type { GpuDevice, GpuMemory } from '../platform.ts';

// Flags of GPUBufferUsage and GPUMapMode, as the standard fixes them.
const MAP_READ = 0x1;
const COPY_SRC = 0x4;
const COPY_DST = 0x8;
const STORAGE = 0x80;
const READ = 0x1;

/** WebGPU copies whole words; the runtime reserves memory in steps of 16 bytes. */
const roundUp = (bytes: number, step: number): number => Math.ceil(bytes / step) * step;

/** The dtypes that the runtime keeps on a GPU. */
const ON_GPU: readonly string[] = ['float32', 'float16', 'int32', 'uint32', 'int64', 'uint8', 'bool'] satisfies DType[];

/** Whether tensors of this dtype can lie on a GPU. */
export const fitsGpu = (dtype: string): boolean => ON_GPU.includes(dtype);

/** Copies data to the GPU. */
export function writeMemory(device: GpuDevice, { data }: HostTensor): GpuMemory {
  const memory = device.createBuffer({
    size: roundUp(data.byteLength, 16),
    usage: STORAGE | COPY_SRC | COPY_DST,
  });
  const bytes = new Uint8Array(roundUp(data.byteLength, 4));
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  device.queue.writeBuffer(memory, 0, bytes);
  return memory;
}

/** Copies `count` elements from the GPU. */
export async function readMemory(
  device: GpuDevice,
  memory: GpuMemory,
  { dtype, count }: { readonly dtype: DType; readonly count: number },
): Promise<TypedArray> {
  const data = allocate(dtype, count);
  const size = roundUp(data.byteLength, 4);
  const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(memory, 0, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  try {
    await staging.mapAsync(READ);
    new Uint8Array(data.buffer).set(new Uint8Array(staging.getMappedRange(), 0, data.byteLength));
  } finally {
    staging.destroy();
  }
  return data;
}

import { existsSync, readdirSync } from 'node:fs';
import { allocate, blockProbeModel, firstLine, hostTensor, probeModel } from '@gai/core/backend';
import type { DType } from '@gai/core/backend';
import type { Tensor as RuntimeTensor } from 'onnxruntime-node';
import type { Runtime } from './runtime.ts';

/**
 * Runs a small graph on a provider, with the fallback to the CPU turned off.
 * @param dtype - Of the graph's numbers. Default float32.
 * @returns Why it did not work, or undefined if it did.
 */
export async function probeProvider(
  runtime: Runtime,
  provider: string,
  dtype: DType = 'float32',
): Promise<string | undefined> {
  if (provider === 'cpu') return undefined;
  if (!deviceFileExists(process.platform, process.env))
    return 'no graphics device: /dev/dri and /dev/nvidia* are absent';
  try {
    const session = await runtime.InferenceSession.create(probeModel(dtype), {
      executionProviders: [provider],
      extra: { session: { disable_cpu_ep_fallback: '1' } },
      logSeverityLevel: 4,
    });
    try {
      await session.run({
        x: hostTensor<RuntimeTensor>(runtime, { dtype, shape: [4], data: allocate(dtype, 4) }, 'run'),
      });
    } finally {
      await session.release();
    }
    return undefined;
  } catch (error) {
    return firstLine(error);
  }
}

/**
 * How many channels the runtime's convolutions in blocked layout take at once on this processor: 16 with AVX-512, 8 with
 * AVX. Undefined where it has none.
 */
export async function probeChannelBlock(runtime: Runtime): Promise<number | undefined> {
  const model = blockProbeModel();
  // Two places of 16 channels: the second place of channel 0 comes after the first block.
  const values = Float32Array.from({ length: 32 }, (_, index) => index);
  try {
    const session = await runtime.InferenceSession.create(model, { logSeverityLevel: 4 });
    try {
      const x = new runtime.Tensor('float32', values, [1, 16, 1, 2]);
      const { y } = await session.run({ x });
      const block = (y!.data as Float32Array).indexOf(1);
      return block >= 4 ? block : undefined;
    } finally {
      await session.release();
    }
  } catch {
    // A build without these kernels does not load the model; nothing else is asked of it.
    return undefined;
  }
}

/**
 * Whether it makes sense to look for a GPU. On Linux a GPU has a device file; looking for one without it makes the
 * drivers write to standard error. A software Vulkan driver has none and is named by the environment.
 */
export function deviceFileExists(platform: string, env: NodeJS.ProcessEnv, folder = '/dev'): boolean {
  if (platform !== 'linux' || env['VK_ICD_FILENAMES'] !== undefined || env['VK_DRIVER_FILES'] !== undefined)
    return true;
  return existsSync(`${folder}/dri`) || readdirSync(folder).some((name) => name.startsWith('nvidia'));
}

import { existsSync, readdirSync } from 'node:fs';
import { graphProto, modelProto, nodeProto, valueInfo } from '@gai/core/onnx';
import type { Provider } from '@gai/core/backend';
import { firstLine } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/** Makes `y = x + x` on four numbers. */
function probeModel(): Uint8Array {
  const add = nodeProto({ name: 'add', opType: 'Add', domain: '', inputs: ['x', 'x'], outputs: ['y'], attributes: [] });
  const graph = graphProto({
    name: 'probe',
    nodes: [add],
    initializers: [],
    inputs: [valueInfo('x', 'float32', [4])],
    outputs: [valueInfo('y', 'float32', [4])],
  });
  return modelProto(graph, new Map([['', 20]]));
}

/**
 * Runs a small graph on a provider, with the fallback to the CPU turned off.
 * @returns Why it did not work, or undefined if it did.
 */
export async function probeProvider(runtime: Runtime, provider: Provider): Promise<string | undefined> {
  if (provider === 'cpu') return undefined;
  if (!deviceFileExists(process.platform, process.env))
    return 'no graphics device: /dev/dri and /dev/nvidia* are absent';
  try {
    const session = await runtime.InferenceSession.create(probeModel(), {
      executionProviders: [provider],
      extra: { session: { disable_cpu_ep_fallback: '1' } },
      logSeverityLevel: 4,
    });
    try {
      await session.run({ x: new runtime.Tensor('float32', new Float32Array(4), [4]) });
    } finally {
      await session.release();
    }
    return undefined;
  } catch (error) {
    return firstLine(error);
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

import { cpuCapabilities, webgpuCapabilities } from '@gai/core/backend';
import type { Capabilities } from '@gai/core/backend';
import { probeChannelBlock, probeProvider } from './probe.ts';
import type { Runtime } from './runtime.ts';

/** What a provider of onnxruntime-node can do on this machine. */
export async function capabilitiesFor(
  runtime: Runtime,
  provider: string,
  strict: boolean,
): Promise<Partial<Capabilities>> {
  if (provider === 'cpu') {
    const preferred = [...cpuCapabilities.preferred, 'com.microsoft.GroupQueryAttention'];
    return { ...cpuCapabilities, preferred, channelBlock: await probeChannelBlock(runtime) };
  }
  const fallback = strict ? undefined : { provider: 'cpu', kernels: cpuCapabilities.kernels };
  if (provider !== 'webgpu') return { ...UNMEASURED, fallback };
  const halves = (await probeProvider(runtime, provider, 'float16')) === undefined;
  return { ...webgpuCapabilities, fallback, lacks: halves ? [] : ['float16'] };
}

/**
 * CUDA, DirectML and CoreML, which nobody has measured: loops and branches run (CUDA has kernels for them, the others
 * leave them to the CPU); what they lack ONNX Runtime gives to the CPU by itself. Nothing is known to be faster.
 */
const UNMEASURED: Partial<Capabilities> = {
  opset: cpuCapabilities.opset,
  loops: true,
  branches: true,
  splitOutputs: Infinity,
  faults: cpuCapabilities.faults,
  kernels: cpuCapabilities.kernels,
};

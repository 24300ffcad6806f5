// Runs samples of every op on WebGPU alone (two of each; all in a full run), and measures its kernels; what came of it goes to standard output.
import { BackendError, setDefaultBackend } from '@gai/core';
import { checkSamples, measureKernels } from '@gai/core/testing';
import { nodeBackend } from '../../src/index.ts';
import { samplesOfEach } from '../few-samples.ts';

/** WGSL promises a sine of 2^-11, and lets a device drop NaN and infinities. */
const LIMITS = { tolerance: 5e-4, finiteOnly: true } as const;

const backend = await nodeBackend({ device: 'webgpu', strict: true }).catch((error: unknown) => {
  if (error instanceof BackendError) return error;
  throw error;
});
if (backend instanceof BackendError) {
  console.log(JSON.stringify({ absent: backend.message }));
} else {
  setDefaultBackend(backend);
  const problems: Record<string, readonly string[]> = {};
  const refused: Record<string, string> = {};
  for (const [name, samples] of samplesOfEach(2).flatMap((family) => Object.entries(family))) {
    console.error(name); // The last one is to blame if the process ends here.
    const found = await checkSamples(samples, {
      ...LIMITS,
      onRefused: (sample, { details }) => (refused[`${name}: ${sample.name}`] = `${details['dtype']}`),
    });
    if (found.length > 0) problems[name] = found;
  }
  console.log(
    JSON.stringify({ problems, refused, lacks: backend.capabilities?.lacks, kernels: await measureKernels(backend) }),
  );
}

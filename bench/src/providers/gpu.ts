import { nodeBackend } from '@gai/backend-node';
import { trainingLosses } from './losses.ts';

// A process of its own: the driver is found by its environment. Prints the losses, or why there are none, as JSON.
try {
  const backend = await nodeBackend({ device: 'webgpu', strict: true });
  console.log(JSON.stringify({ losses: await trainingLosses(backend) }));
} catch (error) {
  const isAbsent = error instanceof Error && /does not work|no adapter|not available/i.test(error.message);
  if (!isAbsent) throw error;
  console.log(JSON.stringify({ absent: error.message }));
}
process.exit(0); // The driver keeps threads of its own.

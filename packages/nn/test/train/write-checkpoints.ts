/** Writes one checkpoint after another until it is killed: what kill.test.ts interrupts. */
import { fileStorage } from '@gai/backend-node';
import { tensor } from '@gai/core';
import { saveCheckpoint } from '@gai/nn';

const [path = 'missing'] = process.argv.slice(2);
for (let step = 1; ; step++) {
  const weights = tensor(new Float32Array(200_000 + (step % 7) * 10_000).fill(step));
  await saveCheckpoint(path, { tensors: { 'model.weight': weights }, step, progress: { epoch: step } }, fileStorage);
  process.stdout.write(`${step}\n`);
}

/** Writes one file over and over, each time with other content of another length, until it is killed. */
import { nodeBackend } from '@gai/backend-node';

const path = process.argv[2] ?? '';
const { storage } = await nodeBackend({ device: 'cpu' });
for (let round = 1; ; round = (round % 200) + 1) {
  const chunk = new Uint8Array(1000 * round).fill(round);
  await storage.writeAtomic(path, [chunk, chunk, chunk]);
  if (round === 1) process.stdout.write('.');
}

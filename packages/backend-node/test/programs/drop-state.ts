/**
 * Takes 600 steps whose state of 4 MB is dropped without dispose, and prints the most memory the process had.
 *
 * `node --conditions=@gai/source --import tsx drop-state.ts here|worker`
 */
import { nodeBackend } from '@gai/backend-node';
import { stepping } from '../models.ts';

const STEPS = 600;
const SIZE = 1_000_000;
const backend = await nodeBackend({ device: 'cpu', threads: 1, worker: process.argv[2] === 'worker' });
const session = await backend.load(stepping(), { inputs: ['state', 'change'], outputs: ['next', 'total'] });
const change = backend.upload({ dtype: 'float32', shape: [SIZE], data: new Float32Array(SIZE).fill(1) });
let state = backend.upload({ dtype: 'float32', shape: [SIZE], data: new Float32Array(SIZE) });
let mostBytes = 0;
for (let step = 0; step < STEPS; step++) {
  const [next] = await session.run([state, change]);
  state = next!;
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
}
if ((await state.read())[0] !== STEPS) throw new Error('wrong result');
await backend.dispose();
console.log(JSON.stringify({ steps: STEPS, mostBytes }));

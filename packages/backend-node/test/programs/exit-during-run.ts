/** Ends in the way it is told while a worker runs one graph after the other. */
import { setTimeout } from 'node:timers/promises';
import { nodeBackend } from '@gai/backend-node';
import { chain } from '../models.ts';

const SIDE = 384;
const [way = '', delay = '0'] = process.argv.slice(2);
const backend = await nodeBackend({ device: 'cpu', threads: 1, worker: true });
const session = await backend.load(chain(60, SIDE), { inputs: ['x'], outputs: ['y'] });
const data = Float32Array.from({ length: SIDE * SIDE }, (_, index) => Math.sin(index) / SIDE);

async function runForever(): Promise<never> {
  for (;;) await session.run([{ dtype: 'float32', shape: [SIDE, SIDE], data }]);
}
void runForever();
await setTimeout(Number(delay));
if (way === 'error') throw new Error('on purpose');
if (way === 'SIGTERM') process.kill(process.pid, way);
else process.exit(Number(way));

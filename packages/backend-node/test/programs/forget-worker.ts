/** Ends without disposing its worker. */
import { nodeBackend } from '@gai/backend-node';
import { doubling } from '../models.ts';

const backend = await nodeBackend({ device: 'cpu', worker: true });
const session = await backend.load(doubling(), { inputs: ['x'], outputs: ['y'] });
const [y] = await session.run([{ dtype: 'float32', shape: [1], data: new Float32Array([3]) }]);
if ((await y!.read())[0] !== 6) process.exitCode = 1;

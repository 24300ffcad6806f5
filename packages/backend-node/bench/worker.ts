/**
 * What a run costs in a worker beside one in this thread: wall-clock microseconds of a small step with state.
 *
 * `node --conditions=@gai/source --import tsx packages/backend-node/bench/worker.ts`
 */
import { nodeBackend } from '@gai/backend-node';
import { stepping } from '../test/models.ts';

const RUNS = 1000;
const ROUNDS = 15;
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

for (const size of [64, 65_536]) {
  const times = new Map<string, number[]>();
  const ways = await Promise.all(
    [false, true].map(async (worker) => {
      const backend = await nodeBackend({ device: 'cpu', threads: 1, worker });
      const session = await backend.load(stepping(), { inputs: ['state', 'change'], outputs: ['next', 'total'] });
      return { name: worker ? 'worker' : 'this thread', backend, session };
    }),
  );
  const batch = { dtype: 'float32', shape: [size], data: new Float32Array(size) } as const;
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, backend, session } of ways) {
      let state = backend.upload(batch);
      const start = performance.now();
      for (let done = 0; done < RUNS; done++) {
        const [next, total] = await session.run([state, batch]);
        await total!.read();
        state.dispose();
        state = next!;
      }
      const list = times.get(name) ?? [];
      list.push(((performance.now() - start) / RUNS) * 1000);
      times.set(name, list);
    }
  }
  console.log(`a step with a state and a batch of ${size} floats, and its total read (median of ${ROUNDS} x ${RUNS})`);
  for (const [name, list] of times) console.log(`  ${name.padEnd(12)} ${median(list).toFixed(0)} microseconds`);
  for (const { backend } of ways) await backend.dispose();
}

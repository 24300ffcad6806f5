/**
 * What our layer adds to a run of bare onnxruntime-node: 20 inputs, 20 outputs, a tiny graph. It counts processor time, which a busy machine does not change.
 *
 * `node --conditions=@gai/source --import tsx packages/backend-node/bench/overhead.ts`
 */
import { nodeBackend } from '@gai/backend-node';
import type { HostTensor } from '@gai/core/backend';
import type { Tensor } from 'onnxruntime-node';
import { loadRuntime } from '../src/runtime.ts';
import { numbered, wide } from '../test/models.ts';

const COUNT = 20;
const RUNS = 2000;
const ROUNDS = 15;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  for (let done = 0; done < RUNS; done++) await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / RUNS;
}

const runtime = await loadRuntime();
for (const size of [16, 4096]) {
  const model = wide(COUNT, size);
  const backend = await nodeBackend({ device: 'cpu', threads: 1 });
  const options = { inputs: numbered('x', COUNT), outputs: numbered('y', COUNT) };
  const session = await backend.load(model, options);
  const bare = await runtime.InferenceSession.create(model, { intraOpNumThreads: 1, graphOptimizationLevel: 'basic' });

  const hosts: HostTensor[] = options.inputs.map(() => ({
    dtype: 'float32',
    shape: [size],
    data: new Float32Array(size),
  }));
  const buffers = hosts.map((host) => backend.upload(host));
  const wrapped = hosts.map(({ data }) => new runtime.Tensor('float32', data as Float32Array, [size]));
  const feedsOf = (tensors: readonly Tensor[]): Record<string, Tensor> =>
    Object.fromEntries(options.inputs.map((name, index) => [name, tensors[index] as Tensor]));

  const ways: Record<string, () => Promise<unknown>> = {
    'bare, tensors kept': () => bare.run(feedsOf(wrapped)),
    'ours, buffers': () => session.run(buffers),
    'bare, tensors made': () =>
      bare.run(feedsOf(hosts.map(({ data }) => new runtime.Tensor('float32', data as Float32Array, [size])))),
    'ours, host tensors': () => session.run(hosts),
  };
  const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(ways)) times.get(name)?.push(await time(run));
  }
  const of = (name: string): number => median(times.get(name) as number[]);
  console.log(
    `${COUNT} inputs and outputs of ${size} floats: microseconds of processor time per run (${ROUNDS} x ${RUNS})`,
  );
  for (const name of Object.keys(ways)) console.log(`  ${name.padEnd(18)} ${of(name).toFixed(1)}`);
  console.log(`  buffers add ${((of('ours, buffers') / of('bare, tensors kept') - 1) * 100).toFixed(1)} %`);
  console.log(`  host tensors add ${((of('ours, host tensors') / of('bare, tensors made') - 1) * 100).toFixed(1)} %`);
  await bare.release();
  await backend.dispose();
}

/**
 * Session settings on a graph of 600 nodes: what creating a session and a run cost, and how much memory stays.
 *
 * `node --conditions=@gai/source --import tsx --expose-gc packages/backend-node/bench/settings.ts`
 */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { loadRuntime } from '../src/runtime.ts';
import { makeModel } from '../test/models.ts';

const LAYERS = 150;
const SIDE = 128;

/** A tower of layers `tanh(h W + h)`, the kind of graph a train step is. */
function tower(): Uint8Array<ArrayBuffer> {
  const nodes = Array.from({ length: LAYERS }, (_, index) => {
    const h = `h${index}`;
    return [
      { op: 'MatMul', inputs: [h, 'w'], outputs: [`p${index}`] },
      { op: 'Add', inputs: [`p${index}`, h], outputs: [`s${index}`] },
      { op: 'Tanh', inputs: [`s${index}`], outputs: [`t${index}`] },
      { op: 'Mul', inputs: [`t${index}`, `t${index}`], outputs: [`h${index + 1}`] },
    ];
  }).flat();
  return makeModel({
    nodes,
    inputs: [
      ['h0', 'float32', ['batch', SIDE]],
      ['w', 'float32', [SIDE, SIDE]],
    ],
    outputs: [[`h${LAYERS}`, 'float32', ['batch', SIDE]]],
  });
}

const settings: Record<string, InferenceSession.SessionOptions> = {
  disabled: { graphOptimizationLevel: 'disabled' },
  basic: { graphOptimizationLevel: 'basic' },
  all: { graphOptimizationLevel: 'all' },
  'basic, no memory pattern': { graphOptimizationLevel: 'basic', enableMemPattern: false },
  'basic, no arena': { graphOptimizationLevel: 'basic', enableCpuMemArena: false },
  'basic, no arena, no pattern': {
    graphOptimizationLevel: 'basic',
    enableCpuMemArena: false,
    enableMemPattern: false,
  },
};

/** Milliseconds of processor time. */
async function cost(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const median = (values: readonly number[]): string =>
  ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number).toFixed(2);

const runtime = await loadRuntime();
const model = tower();
const input = (batch: number): Record<string, Tensor> => ({
  h0: new runtime.Tensor('float32', new Float32Array(batch * SIDE).fill(0.1), [batch, SIDE]),
  w: new runtime.Tensor('float32', new Float32Array(SIDE * SIDE).fill(0.01), [SIDE, SIDE]),
});
console.log(`${LAYERS * 4} nodes; milliseconds of processor time, medians, one thread`);
console.log(`${'setting'.padEnd(30)}create  run of batch 64  run of changing batch  MB held by 10 sessions`);
for (const [name, options] of Object.entries(settings)) {
  const create: number[] = [];
  const same: number[] = [];
  const changing: number[] = [];
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const sessions: InferenceSession[] = [];
  for (let round = 0; round < 10; round++) {
    let session: InferenceSession | undefined;
    create.push(
      await cost(
        async () => (session = await runtime.InferenceSession.create(model, { ...options, intraOpNumThreads: 1 })),
      ),
    );
    const live = session as unknown as InferenceSession;
    sessions.push(live);
    for (let run = 0; run < 30; run++) same.push(await cost(() => live.run(input(64))));
    for (let run = 0; run < 30; run++) changing.push(await cost(() => live.run(input(48 + run))));
  }
  const held = (process.memoryUsage.rss() - before) / 1e6;
  for (const session of sessions) await session.release();
  console.log(
    `${name.padEnd(30)}${median(create).padEnd(8)}${median(same).padEnd(17)}${median(changing).padEnd(23)}${held.toFixed(0)}`,
  );
}

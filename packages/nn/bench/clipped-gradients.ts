/**
 * What gradients by example cost beside the usual ones: processor milliseconds of a compiled gradient (forward and back),
 * its norms by example and the clipped sum, and the same by a scan over examples; and the memory of each in a process of
 * its own, above one that has only loaded everything.
 *
 * `node --conditions=@gai/source --import tsx packages/nn/bench/clipped-gradients.ts`
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  add,
  backward,
  clippedGradients,
  evaluate,
  jit,
  mean,
  mul,
  onesLike,
  relu,
  scan,
  setDefaultBackend,
  sqrt,
  square,
  minimum,
  dispose,
  div,
  sum,
  tensor,
  unsqueeze,
  zerosLike,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import {
  Conv2d,
  Embedding,
  Flatten,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  MultiheadAttention,
  ReLU,
  Sequential,
  crossEntropy,
} from '../src/index.ts';

/** A block of a transformer over tokens, and a class from the mean of its outputs. */
class Block extends Module {
  readonly embedding = new Embedding({ numEmbeddings: 256, embeddingDim: 128 });
  readonly norm1 = new LayerNorm({ normalizedShape: 128 });
  readonly attention = new MultiheadAttention({ embedDim: 128, numHeads: 4, batchFirst: true });
  readonly norm2 = new LayerNorm({ normalizedShape: 128 });
  readonly up = new Linear({ inFeatures: 128, outFeatures: 512 });
  readonly down = new Linear({ inFeatures: 512, outFeatures: 128 });
  readonly head = new Linear({ inFeatures: 128, outFeatures: 10 });
  forward(tokens: Tensor): Tensor {
    const x = this.embedding.forward(tokens);
    const normal = this.norm1.forward(x);
    const y = add(x, this.attention.forward(normal, normal, normal, { isCausal: true }));
    const z = add(y, this.down.forward(relu(this.up.forward(this.norm2.forward(y)))));
    return this.head.forward(mean(z, { axis: 1 }));
  }
}

const floats = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => Math.sin(index * 1.7)),
    { shape },
  );
const integers = (below: number, ...shape: number[]): Tensor =>
  tensor(
    Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => (index * 7) % below),
    { shape },
  );
const unit = (inFeatures: number, outFeatures: number): Linear => new Linear({ inFeatures, outFeatures });

const CASES: Record<string, () => { model: Module; x: Tensor; y: Tensor }> = {
  'MLP 784-256-128-10, batch 128': () => ({
    model: new Sequential(unit(784, 256), new ReLU(), unit(256, 128), new ReLU(), unit(128, 10)),
    x: floats(128, 784),
    y: integers(10, 128),
  }),
  'CNN 1-16-32 of 28x28, batch 64': () => ({
    model: new Sequential(
      new Conv2d({ inChannels: 1, outChannels: 16, kernelSize: 3, padding: 1 }),
      new ReLU(),
      new MaxPool2d({ kernelSize: 2 }),
      new Conv2d({ inChannels: 16, outChannels: 32, kernelSize: 3, padding: 1 }),
      new ReLU(),
      new MaxPool2d({ kernelSize: 2 }),
      new Flatten(),
      unit(1568, 10),
    ),
    x: floats(64, 1, 28, 28),
    y: integers(10, 64),
  }),
  'transformer block d128, 64 tokens, batch 16': () => ({
    model: new Block(),
    x: integers(256, 16, 64),
    y: integers(10, 16),
  }),
};

const WAYS = ['usual', 'by example', 'scan'] as const;
type Way = (typeof WAYS)[number];

function makeStep(name: string, way: Way): () => Promise<void> {
  const { model, x, y } = CASES[name]!();
  const wrt = model.parameters();
  const lossesOf = (given: Tensor, labels: Tensor): Tensor =>
    crossEntropy(model.forward(given) as Tensor, labels, { reduction: 'none' });
  const usual = (given: Tensor, labels: Tensor): Tensor[] => {
    const losses = lossesOf(given, labels);
    return backward([losses], [onesLike(losses)], wrt).map((one, index) => one ?? zerosLike(wrt[index]!));
  };
  const one = (total: Tensor[], [given, label]: [Tensor, Tensor]): [Tensor[], Tensor] => {
    const gradients = usual(unsqueeze(given, 0), unsqueeze(label, 0));
    const norm = sqrt(gradients.map((each) => sum(square(each))).reduce((a, b) => add(a, b)));
    const scale = minimum(div(1, norm), 1);
    return [total.map((each, index) => add(each, mul(gradients[index]!, scale))), norm];
  };
  const step = jit((given: Tensor, labels: Tensor) => {
    if (way === 'usual') return usual(given, labels);
    if (way === 'scan')
      return scan(
        one,
        wrt.map((each) => zerosLike(each)),
        [given, labels] as [Tensor, Tensor],
      );
    const { gradients, norms } = clippedGradients(lossesOf(given, labels), { wrt, batch: [given, labels], maxNorm: 1 });
    return [...gradients, norms];
  });
  return async () => {
    const made = [await step(x, y)].flat(2) as Tensor[];
    await evaluate(...made);
    for (const each of made) dispose(each);
  };
}

setDefaultBackend(await nodeBackend({ device: 'cpu', threads: 1 }));
const [child, way] = process.argv.slice(2);
if (child !== undefined) {
  const before = process.memoryUsage().rss;
  const step = makeStep(child, way as Way);
  let most = 0;
  for (let round = 0; round < 8; round += 1)
    await step().then(() => (most = Math.max(most, process.memoryUsage().rss)));
  console.log(((Math.max(most, process.resourceUsage().maxRSS * 1024) - before) / 2 ** 20).toFixed(0));
  process.exit(0);
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
for (const name of Object.keys(CASES)) {
  const steps = WAYS.map((one) => ({ one, step: makeStep(name, one), times: [] as number[] }));
  for (let round = 0; round < 12; round += 1) {
    for (const { step, times } of steps) {
      const start = process.cpuUsage();
      for (let count = 0; count < 3; count += 1) await step();
      const { user, system } = process.cpuUsage(start);
      if (round > 0) times.push((user + system) / 3000);
    }
  }
  for (const { one, times } of steps) {
    const flags = ['--conditions=@gai/source', '--import', 'tsx', fileURLToPath(import.meta.url), name, one];
    const memory = execFileSync(process.execPath, flags, { encoding: 'utf8' }).trim();
    const ratio = median(times.map((time, index) => time / steps[0]!.times[index]!));
    console.log(`${name}: ${one.padEnd(10)} ${median(times).toFixed(2)} ms, ${ratio.toFixed(2)}x, ${memory} MB`);
  }
}
process.exit(0);

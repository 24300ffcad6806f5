/**
 * Teaches: load a real data set, split it, walk shuffled and augmented batches, stop and resume.
 * Expected: 8,000 + 2,000 digits; the resumed loader sees the same batches. Runs in about a second.
 *
 * pnpm example data/digits [--smoke]
 */
import { DataLoader } from '@gai/data';
import type { BatchMap } from '@gai/data';
import { loadDigits } from '@gai/data/node';
import type { ImageRow } from '@gai/data/node';

const options = { batchSize: 64, seed: 0, epochs: process.argv.includes('--smoke') ? 1 : 3 };

// Data: columns x [1, 28, 28] and y, in memory.
const { train, test } = await loadDigits();
const [fit, validation] = train.stratifiedSplit([0.9, 0.1], { by: 'y', seed: options.seed });
console.log(`train ${fit.size}, validation ${validation.size}, test ${test.size}`);

// One row, drawn with characters.
const { x, y } = fit.get(0);
console.log(`a ${y}:`);
for (let row = 4; row < 24; row += 2) {
  const line = Array.from(x.data.subarray(row * 28, row * 28 + 28), (value) => ' .:#'[Math.round(value * 3)]);
  console.log(`  ${line.join('')}`);
}

// Augmentation on the host: shift every image by up to two pixels, with random numbers that belong to the batch.
const shift: BatchMap<ImageRow, ImageRow> = (batch, { random }) => {
  const data = new Float32Array(batch.x.data.length);
  for (let start = 0; start < data.length; start += 784) {
    const by = (random.int(5) - 2) * 28 + random.int(5) - 2;
    for (let i = Math.max(0, -by); i < Math.min(784, 784 - by); i++) data[start + i + by] = batch.x.data[start + i]!;
  }
  return { ...batch, x: { ...batch.x, data } };
};

const loader = new DataLoader(fit, { batchSize: options.batchSize, shuffle: true, seed: options.seed, map: shift });
for (let epoch = 0; epoch < options.epochs; epoch++) {
  let rows = 0;
  for await (const batch of loader) rows += Number(batch.y.shape[0]);
  console.log(`epoch ${epoch}: ${loader.length} batches, ${rows} rows`);
}

// Stop anywhere, save three numbers, go on in another process with the same batches.
for await (const _ of loader) if (loader.state().position >= 640) break;
const saved = JSON.stringify(loader.state());
const resumed = new DataLoader(fit, { batchSize: options.batchSize, shuffle: true, map: shift });
resumed.load(JSON.parse(saved));
console.log(`saved ${saved}; the resumed loader has ${[...resumed].length} batches left in the epoch`);

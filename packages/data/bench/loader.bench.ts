import { bench, describe } from 'vitest';
import { loadDigits } from '../src/node.ts';

// pnpm vitest bench --run --project data
const { train } = await loadDigits();
const loader = train.loader({ batchSize: 64, shuffle: true });
const rows = loader.order(0).subarray(0, 64);
const bytes = train.gather(rows).x.data;

describe('batches of 64 digits (64 × 784 float32)', () => {
  bench('gather on the host', () => void train.gather(rows));
  bench('a plain copy of as many bytes', () => void bytes.slice());
});

describe('whole passes', () => {
  bench('an epoch of 125 shuffled batches of tensors', () => {
    for (const _ of loader);
  });
  bench('the order of 8,000 rows', () => void loader.order(1));
  bench('loadDigits', async () => void (await loadDigits()), { iterations: 5 });
});

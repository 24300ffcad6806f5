import { expect, it } from 'vitest';
import { Embedding } from '../layers/embedding.ts';
import { LayerNorm } from '../layers/layer-norm.ts';
import { Linear } from '../layers/linear.ts';
import { uniform } from './distributions.ts';
import { orthogonal } from './orthogonal.ts';
import { withoutInitialValues } from './without-initial-values.ts';

const HUGE = 2 ** 30;

it('takes no memory, whatever the size', () => {
  const before = process.memoryUsage().arrayBuffers;
  const [linear, table, norm, basis] = withoutInitialValues(() => [
    new Linear({ inFeatures: HUGE, outFeatures: HUGE }),
    new Embedding({ numEmbeddings: HUGE, embeddingDim: HUGE, paddingIndex: 1 }),
    new LayerNorm({ normalizedShape: HUGE }),
    orthogonal()([HUGE, 2]),
  ]);
  expect([linear.weight.shape, linear.bias?.shape]).toEqual([[HUGE, HUGE], [HUGE]]);
  expect([table.weight.shape, norm.weight?.shape, basis.shape]).toEqual([[HUGE, HUGE], [HUGE], [HUGE, 2]]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
});

it('ends with what it makes, also where that throws', () => {
  expect(() =>
    withoutInitialValues(() => {
      withoutInitialValues(() => 1);
      expect(uniform()([2]).leaf).toBeUndefined();
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(uniform()([2]).leaf).toBeDefined();
});

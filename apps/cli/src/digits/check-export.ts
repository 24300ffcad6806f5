import { openOnnx } from '@gai/backend-node';
import type { Module } from '@gai/nn';
import { predict } from '@gai/nn';
import { data } from '@gai/core';
import type { DigitsDataset } from './data.ts';

/** Index of the largest of `count` numbers from `start`. */
export function argmaxOf(values: ArrayLike<number | bigint>, start: number, count: number): number {
  let best = 0;
  for (let index = 1; index < count; index++) {
    if (Number(values[start + index]) > Number(values[start + best])) best = index;
  }
  return best;
}

/**
 * Runs the exported file with ONNX Runtime alone on every test picture and counts where it says what the model says.
 */
export async function checkExport(
  model: Module,
  test: DigitsDataset,
  path: string,
): Promise<{ agreeing: number; tested: number }> {
  const ours = await data(await predict(model, test));
  const alone = await openOnnx(path);
  const { x } = test.gather();
  const outputs = await alone.run({ x: { dtype: 'float32', shape: x.shape, data: x.data } });
  const theirs = outputs['output']!.data;
  await alone.release();
  let agreeing = 0;
  for (let index = 0; index < test.size; index++) {
    if (argmaxOf(ours, index * 10, 10) === argmaxOf(theirs, index * 10, 10)) agreeing += 1;
  }
  return { agreeing, tested: test.size };
}

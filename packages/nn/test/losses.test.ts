import {
  BackendError,
  data,
  explain,
  grad,
  item,
  jit,
  log,
  mul,
  printGraph,
  setDefaultBackend,
  spec,
  sum,
  tensor,
  trace,
  valueAndGrad,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  bce,
  bceWithLogits,
  contrastive,
  cosineEmbedding,
  crossEntropy,
  hinge,
  huber,
  klDiv,
  mse,
  nll,
  smoothL1,
  tripletMargin,
} from '../src/losses/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const gradientOf = (x: Tensor, y: Tensor): Tensor => grad((z: Tensor) => crossEntropy(z, y))(x);
const int = (values: number[]): Tensor => tensor(values, { dtype: 'int32' });
const logits = tensor([
  [1, 2, 3],
  [3, 2, 1],
]);

describe('crossEntropy', () => {
  it('is ln C for equal logits and 0 for a sure right answer', async () => {
    expect(await item(crossEntropy(tensor([[7, 7, 7, 7]]), int([2])))).toBeCloseTo(Math.log(4), 6);
    expect(await item(crossEntropy(tensor([[0, 1e4]]), int([1])))).toBe(0);
    expect(await item(crossEntropy(tensor([[0, 1e4]]), int([0])))).toBe(1e4);
  });

  it.each([
    ['below 0', -1],
    ['beyond the classes', 3],
  ])('refuses a label %s, known or not, and so does nll; ignoreIndex apart', async (_, label) => {
    for (const loss of [crossEntropy, nll]) {
      expect(() => loss(logits, int([0, label]))).toThrow(
        `${loss.name}: a label is out of range. Got ${label} at element 1; expected 0 … 2, or ignoreIndex (-100)`,
      );
      const compiled = jit((y: Tensor) => loss(logits, y));
      for (const dtype of ['int32', 'int64', 'int8'] as const) {
        await expect(compiled(tensor([0, label], { dtype }))).rejects.toThrow(BackendError);
      }
      expect(await item(loss(logits, int([0, label]), { ignoreIndex: label }))).toBe(
        await item(loss(logits, int([0, -100]))),
      );
    }
    const wide = tensor(new Uint32Array([0, 2 ** 32 - 1]));
    const ofWide = jit((y: Tensor) => crossEntropy(logits, y, { ignoreIndex: 7 }));
    await expect(ofWide(wide)).rejects.toThrow(BackendError);
    const long = tensor(new BigInt64Array([0n, 2n ** 32n]));
    await expect(jit((y: Tensor) => crossEntropy(logits, y))(long)).rejects.toThrow(BackendError);
  });

  it('takes masked classes', async () => {
    const masked = tensor([[Number.NEGATIVE_INFINITY, 0, 0]]);
    expect(await item(crossEntropy(masked, int([1])))).toBeCloseTo(Math.LN2, 6);
  });

  it('is NaN if every target is ignored, as in PyTorch, and 0 as a sum', async () => {
    expect(await item(crossEntropy(logits, int([-100, -100])))).toBeNaN();
    expect(await item(crossEntropy(logits, int([-100, -100]), { reduction: 'sum' }))).toBe(0);
  });

  it.each([
    ['the loss', crossEntropy, ['labelCrossEntropy']],
    ['its gradient', gradientOf, ['labelCrossEntropy', 'mul', 'addAlongAxis']],
  ])('makes no one-hot: %s', (_, fn, expected) => {
    const graph = trace((x: Tensor, y: Tensor) => fn(x, y), [spec(['batch', 1000]), spec(['batch'], 'int32')]);
    const wide = [...printGraph(graph).matchAll(/= (\w+)\(.*: .*\w+\[batch,1000\]/g)].map(([, op]) => op);
    expect(wide.filter((op) => op !== 'mark')).toEqual(expected);
  });

  it('has second derivatives', async () => {
    // d²/dx₀² of −ln softmax(x)₁ is p₀(1 − p₀).
    const slope = (x: Tensor): Tensor => sum(mul(gradientOf(x, int([1])), tensor([[1, 0]])));
    const [second] = await data(grad(slope)(tensor([[0.5, 0]])));
    const p = 1 / (1 + Math.exp(-0.5));
    expect(second).toBeCloseTo(p * (1 - p), 6);
  });

  it('compiles once for batches of any size', async () => {
    const run = jit(
      (x: Tensor, y: Tensor) => valueAndGrad((z: Tensor) => crossEntropy(z, y, { labelSmoothing: 0.1 }))(x),
      {
        dynamicAxes: [['batch'], ['batch']],
      },
    );
    const [both] = await run(logits, int([2, 0]));
    const [one] = await run(tensor([[1, 2, 3]]), int([2]));
    expect(await item(both)).toBeCloseTo(await item(one), 6);
    expect(explain(run).compiles).toBe(1);
  });
});

describe('bad input', () => {
  const bad: [string, () => unknown][] = [
    ['targets with a class axis', () => crossEntropy(logits, tensor([[2], [0]], { dtype: 'int32' }))],
    ['one target too many', () => crossEntropy(logits, int([2, 0, 1]))],
    ['float targets of another shape', () => crossEntropy(logits, tensor([2, 0]))],
    ['logits without batch', () => crossEntropy(tensor([1, 2]), int([0]))],
    ['integer logits', () => crossEntropy(int([0, 1]), tensor([0, 1]))],
    ['class weights for other classes', () => crossEntropy(logits, int([2, 0]), { weight: tensor([1, 2]) })],
    ['too much smoothing', () => crossEntropy(logits, int([2, 0]), { labelSmoothing: 2 })],
    ['float labels', () => nll(logits, tensor([2, 0]))],
    ['a column against a row', () => mse(tensor([[1], [2]]), tensor([1, 2]))],
    ['shapes of bce', () => bceWithLogits(logits, tensor([1, 0]))],
    ['a delta of 0', () => huber(logits, logits, { delta: 0 })],
    ['weights for other examples', () => mse(logits, logits, { exampleWeights: tensor([1, 1, 0]) })],
    ['an unknown reduction', () => mse(logits, logits, { reduction: 'average' as 'mean' })],
    ['shapes of klDiv', () => klDiv(log(logits), tensor([[1, 2]]))],
    ['shapes of bce', () => bce(logits, tensor([1, 0]))],
    ['shapes of hinge', () => hinge(logits, tensor([1, -1]))],
    ['a beta below 0', () => smoothL1(logits, logits, { beta: -1 })],
    ['one negative too many', () => tripletMargin(logits, logits, tensor([[1, 2, 3]]))],
    ['vectors without batch', () => tripletMargin(tensor([1]), tensor([1]), tensor([1]))],
    ['a norm of 0', () => tripletMargin(logits, logits, logits, { p: 0 })],
    ['targets of pairs', () => contrastive(logits, logits, tensor([1]))],
    ['targets with an axis too many', () => cosineEmbedding(logits, logits, tensor([[1], [1]]))],
  ];

  it.each(bad)('%s', (_, run) => {
    expect(run).toThrow(/^\w+: .* Got .*; expected .*/);
  });

  it('says what was expected, with the numbers', () => {
    expect(bad[0]![1]).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: crossEntropy: outputs and targets do not fit. Got outputs [2,3] and class indices [2,1]; expected class indices [2]: one for each example, and the classes along axis 1 of the outputs.]`,
    );
    expect(bad[2]![1]).toThrowErrorMatchingInlineSnapshot(
      `[DTypeError: crossEntropy: the labels are floats. Got targets float32 [2] for logits [2,3]; expected int32 labels of that shape, or probabilities [2,3]. Make them with tensor(labels, { dtype: 'int32' }) or cast(labels, 'int32').]`,
    );
    expect(bad[8]![1]).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: mse: outputs and targets differ in shape. Got outputs [2,1] and targets [2]; expected equal shapes. Reshape or expand one of them.]`,
    );
    expect(bad[11]![1]).toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: mse: exampleWeights do not fit. Got [3] for values [2,3]; expected one weight for each example: [2].]`,
    );
  });

  it('keeps NaN instead of hiding it', async () => {
    const [value] = await data(mse(tensor([Number.NaN, 1]), tensor([1, 1])));
    expect(value).toBeNaN();
  });
});

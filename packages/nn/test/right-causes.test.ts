import { add, data, gather, setDebug, setDefaultBackend, tensor, toArray } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { dataset } from '@gai/data';
import { Linear, adam, crossEntropy, fit, mse } from '@gai/nn';
import { afterEach, describe, expect, it } from 'vitest';

const backend = await nodeBackend({ device: 'cpu' });
setDefaultBackend(backend);
afterEach(() => {
  setDefaultBackend(backend);
  setDebug(false);
});

async function messageOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return String(error).replaceAll(`${import.meta.dirname}/`, '');
  }
  throw new Error('nothing was refused');
}

const net = (): Linear => new Linear({ inFeatures: 1, outFeatures: 3 });
const rows = tensor([[1], [2]]);

describe('the cause is named, and what to do', () => {
  it('of what a newcomer passes', async () => {
    const logits = tensor([
      [1, 2, 3],
      [1, 2, 3],
    ]);
    const texts = ['cat', 'dog'];
    const train = (columns: Record<string, unknown>, loss: unknown = crossEntropy): (() => unknown) => {
      return () => fit(net(), { train: dataset(columns as never), loss: loss as typeof mse, epochs: 1, batchSize: 2 });
    };
    const cases: (() => unknown)[] = [
      () => crossEntropy(logits, tensor([0, 1])),
      train({ x: [[1], [2]], y: [0, 1] }),
      train({ image: [[1], [2]], label: Int32Array.of(0, 1) }),
      train({ x: [[1], [2]], label: Int32Array.of(0, 1) }),
      train({ x: [[1], [2]], y: texts }),
      () => crossEntropy(logits, texts as never),
      () => tensor(texts as never),
      () => tensor([1n] as never),
      () => net().forward(tensor([1, 2])),
      () => new Linear({ inFeatures: 4, outFeatures: 1 }).forward(tensor([1, 2])),
      () => adam({ lr: 0.1 } as never),
      () => setDefaultBackend(nodeBackend() as never),
      () => setDefaultBackend({} as never),
    ];
    const messages: string[] = [];
    for (const run of cases) messages.push(await messageOf(run));
    expect(messages.join('\n')).toMatchInlineSnapshot(`
      "DTypeError: crossEntropy: the labels are floats. Got targets float32 [2] for logits [2,3]; expected int32 labels of that shape, or probabilities [2,3]. Make them with tensor(labels, { dtype: 'int32' }) or cast(labels, 'int32').
      DTypeError: crossEntropy: the labels are floats. Got targets float32 [batch] for logits [batch,3]; expected int32 labels of that shape, or probabilities [batch,3]. Make them with tensor(labels, { dtype: 'int32' }) or cast(labels, 'int32').
      ArgumentError: fit: a batch has no column x. Got image, label; expected x, which the model is given. Rename the columns, or say which are meant: inputs: ({ image }) => [image], targets: ({ label }) => label.
      DTypeError: crossEntropy: the targets are no tensor. Got an object with { label, x }; expected a tensor. Say what is compared: in fit, targets: ({ label }) => label; else pass crossEntropy the part that is meant.
      DTypeError: crossEntropy: the targets are no tensor. Got an array of 2 texts ('dog', …); expected a tensor. Number the classes: labels.map((label) => classes.indexOf(label)), as int32.
      DTypeError: crossEntropy: the targets are no tensor. Got an array of 2 texts ('cat', …); expected a tensor. Number the classes: labels.map((label) => classes.indexOf(label)), as int32.
      DataError: tensor: an element is neither number nor boolean. Got 'cat'; expected nested arrays of numbers. Number the texts: texts.map((text) => classes.indexOf(text)), or read numbers with Number(...).
      DataError: tensor: an element is neither number nor boolean. Got 1n; expected nested arrays of numbers. Pass new BigInt64Array([...]) for int64, or make them numbers with Number(...).
      ShapeError: Linear: x does not fit inFeatures. Got x [2]; expected [..., inFeatures] with x.shape[-1] equal to inFeatures (1). x has one axis, which counts the features of one example; for one row per example use unsqueeze(x, -1).
      ShapeError: Linear: x does not fit inFeatures. Got x [2]; expected [..., inFeatures] with x.shape[-1] equal to inFeatures (4). x has one axis, which counts the features of one example; for one row per example use reshape(x, [-1, 4]).
      ArgumentError: adam: no such option. Got 'lr'; expected one of b1, b2, eps, groups, weightDecay, learningRate. Did you mean 'learningRate'?
      BackendError: setDefaultBackend: not a backend. Got a promise; expected a backend. Await it: setDefaultBackend(await nodeBackend()).
      BackendError: setDefaultBackend: not a backend. Got an object; expected a backend. Make one with await nodeBackend() or await webBackend()."
    `);
  });

  it('of backends that are gone, or another one', async () => {
    const other: Backend = await nodeBackend({ device: 'cpu' });
    setDefaultBackend(other);
    const there = add(rows, 1);
    await toArray(there);
    setDefaultBackend(backend);
    const elsewhere = await messageOf(() => toArray(add(there, 1)));
    await other.dispose();
    setDefaultBackend(other);
    const gone = await messageOf(() => toArray(add(rows, 1)));
    const lost = await messageOf(() => data(there));
    expect([elsewhere, gone, lost].join('\n')).toMatchInlineSnapshot(`
      "BackendError: read: tensors of two backends meet. Got one of 'node' (cpu) on another 'node' (cpu); expected one backend. Make a backend once and set it once, or read the tensor with data(...) and make it anew.
      BackendError: run: the backend was disposed. Got a call after dispose(); expected it before. Make a new one and set it: setDefaultBackend(await nodeBackend()). Tensors that the old one computed are gone.
      BackendError: read: a tensor was disposed. Got float32 [2,1] whose memory is released; expected one that is still held. Dispose it, and the backend that computed it, after its last use."
    `);
  });

  it('of what fails in a run, at the line of the user', async () => {
    const indices = add(tensor([0, 9], { dtype: 'int32' }), 0);
    const unknown = await messageOf(() => toArray(gather(rows, indices)));
    setDebug(true);
    const known = await messageOf(() => toArray(gather(rows, indices)));
    expect([unknown, known].join('\n').replaceAll(/:\d+:\d+/g, ':LINE')).toMatchInlineSnapshot(`
      "BackendError: run: the graph failed while it ran in ONNX node 'gather_1'. Got the index 9; expected -2 to 1, which the axis has. Look at what the indices (labels, tokens) are made of. To learn which line wrote the node, call setDebug(true) before it.
      BackendError: run: the graph failed while it ran in ONNX node 'gather_1', written at right-causes.test.ts:LINE. Got the index 9; expected -2 to 1, which the axis has. Look at what the indices (labels, tokens) are made of."
    `);
  });
});

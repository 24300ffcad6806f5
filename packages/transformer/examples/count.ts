/**
 * Teaches: a small Llama-style model from scratch, and how to look at what it attends to. It learns to count upwards from any number.
 * Expected: a loss under 0.1 nats; takes seconds on a laptop.
 */
import { parseArgs } from 'node:util';
import { nodeBackend } from '@gai/backend-node';
import { compile, item, argmax, setDefaultBackend, slice, spec, tensor, toArray } from '@gai/core';
import { adamW, fit } from '@gai/nn';
import { LlamaForCausalLM, inspectForward, nextToken } from '../src/index.ts';

const { smoke = false } = parseArgs({ options: { smoke: { type: 'boolean' } } }).values;
setDefaultBackend(await nodeBackend());

const NUMBERS = 32;
const LENGTH = 8;
const rows = Array.from({ length: NUMBERS - LENGTH }, (_, first) =>
  Array.from({ length: LENGTH }, (__, i) => first + i),
);
const ids = tensor(rows, { dtype: 'int32' });

const model = new LlamaForCausalLM({
  vocabSize: NUMBERS,
  hiddenSize: 32,
  intermediateSize: 64,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
});
const { epochs } = await fit(model, {
  train: [{ x: ids, y: ids }],
  loss: nextToken,
  optimizer: adamW({ learningRate: 0.01 }),
  epochs: smoke ? 3 : 100,
});
console.log(`loss ${epochs.at(-1)?.loss?.toFixed(3)} nats per number`);

const run = await compile(model, { ids: spec([1, 'time'], 'int32') });
const asked = [[11, 12, 13]];
const logits = await run(tensor(asked, { dtype: 'int32' }));
const next = argmax(slice(logits, [null, [-1]]), { axis: -1 });
console.log(`${asked.flat().join(', ')}, and next: ${await item(next)}`);

const { layers } = inspectForward(model.eval(), () => model.forward(tensor(asked, { dtype: 'int32' })));
const weights = (await toArray(layers[0]!.attention!.weights)) as number[][][][];
for (const [head, each] of (weights[0] ?? []).entries()) {
  console.log(
    `head ${head} of layer 0, from the last number: ${each
      .at(-1)!
      .map((weight) => weight.toFixed(2))
      .join(' ')}`,
  );
}

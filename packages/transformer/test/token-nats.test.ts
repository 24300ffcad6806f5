import { data, log, setDefaultBackend, softmax, tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { manualSeed } from '@gai/nn';
import { beforeAll, expect, it } from 'vitest';
import { GPT2LMHeadModel, tokenNats } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const VOCABULARY = 11;

function makeModel(): GPT2LMHeadModel {
  manualSeed(1);
  const model = new GPT2LMHeadModel({
    vocabSize: VOCABULARY,
    nPositions: 8,
    nEmbd: 16,
    nLayer: 1,
    nHead: 2,
    initializerRange: 0.5,
  });
  return model.train();
}

/** −log p of the last token, from those before it. */
async function natsOf(model: GPT2LMHeadModel, ids: readonly number[]): Promise<number> {
  const logits = model.forward(tensor([ids.slice(0, -1)], { dtype: 'int32' }));
  const scores = await data(log(softmax(logits, { axis: -1 })));
  return -Number(scores[(ids.length - 2) * VOCABULARY + ids.at(-1)!]);
}

it('adds up what each token costs with the tokens that its window has before it', async () => {
  const model = makeModel();
  const text = [0, 4, 2, 9, 9, 1, 3, 7, 10, 5, 6];
  const windows = [
    { length: 8, stride: 8, from: (at: number) => (at <= 8 ? 0 : 8) },
    { length: 4, stride: 1, from: (at: number) => Math.max(0, at - 4) },
    { length: 4, stride: 2, from: (at: number) => (at <= 4 ? 0 : 2 * Math.ceil((at - 4) / 2)) },
  ];
  for (const { length, stride, from } of windows) {
    const found = await tokenNats(model, [text, [3], [], [2, 1]], { length, stride, batchSize: 3 });
    model.eval();
    let expected = await natsOf(model, [2, 1]);
    for (let at = 1; at < text.length; at++) expected += await natsOf(model, text.slice(from(at), at + 1));
    model.train();
    expect(found.tokens).toBe(text.length);
    expect(found.nats).toBeCloseTo(expected, 3);
    expect(found.perplexity).toBeCloseTo(Math.exp(expected / text.length), 3);
    expect(model.training).toBe(true);
  }
});

it('refuses windows that there are not', async () => {
  const model = makeModel();
  await expect(tokenNats(model, [[1, 2]], { length: 0 })).rejects.toThrow('tokenNats: length does not fit. Got 0');
  await expect(tokenNats(model, [[1, 2]], { length: 4, stride: 5 })).rejects.toThrow('expected 1 to the length 4');
  await expect(tokenNats(model, [[1, 2]], { length: 4, batchSize: 0.5 })).rejects.toThrow('batchSize does not fit');
});

it.each([[[]], [[[3], []]]])('refuses texts with nothing to foresee: %j', async (texts: readonly number[][]) => {
  const model = makeModel();
  await expect(tokenNats(model, texts, { length: 4 })).rejects.toThrow('tokenNats: there is nothing to foresee');
  expect(model.training).toBe(true);
});

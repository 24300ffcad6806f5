import { compile, data, jit, setDefaultBackend, slice, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { KeyValueCache, manualSeed, quantize } from '@gai/nn';
import type { CacheView, KeysValues } from '@gai/nn';
import { beforeAll, describe, expect, test } from 'vitest';
import { GPT2LMHeadModel, generate, releaseGeneration } from '../src/index.ts';
import type { DecoderLanguageModel, Seq2SeqLanguageModel } from '../src/index.ts';
import { FAMILIES, TOLERANCE, loadCase } from './families.ts';
import { inputsOf, readCases, relativeDifference } from './fixture.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const numbers = async (x: Tensor): Promise<Float32Array> => (await data(x)) as Float32Array;

describe.each([
  ['llama', 'grouped-random', { layers: 2, heads: 2, depth: 6 }],
  ['llama', 'biased-random', { layers: 3, heads: 1, depth: 10 }],
  ['gpt2', 'inverse-random', { layers: 3, heads: 3, depth: 5 }],
] as const)('%s %s with a cache', (family, name, sizes) => {
  const one = readCases(family).find((each) => each.name === name)!;

  test('says what it says without, token by token and in pieces', async () => {
    const model = await loadCase(one);
    const { inputIds } = inputsOf(one);
    const [batch, time] = inputIds.shape as [number, number];
    const whole = jit((ids: Tensor) => model.forward(ids) as Tensor);
    const expected = await numbers(await whole(inputIds));
    const cache = new KeyValueCache({ ...sizes, batch });
    const step = jit((ids: Tensor, view: CacheView): { logits: Tensor; rows: readonly KeysValues[] } => {
      const logits = model.forward(ids, { cache: view } as never) as Tensor;
      return { logits, rows: view.rows() };
    });
    const pieces: number[][] = [];
    for (const [start, end] of [
      [0, 4],
      [4, 5],
      [5, 6],
      [6, time],
    ] as const) {
      const { logits, rows } = await step(slice(inputIds, [null, [start, end]]), cache.view());
      await cache.append(rows);
      const values = await numbers(logits);
      const width = values.length / batch / (end - start);
      for (let row = 0; row < batch; row += 1) {
        (pieces[row] ??= []).push(...values.subarray(row * (end - start) * width, (row + 1) * (end - start) * width));
      }
    }
    expect(cache.lengths).toEqual(Array.from({ length: batch }, () => time));
    expect(relativeDifference(pieces.flat(), expected)).toBeLessThan(TOLERANCE);
  });
});

test.each(['llama', 'gpt2'])('%s: its scores are those of its hidden states', async (family) => {
  const one = readCases(family).find((each) => each.losses !== undefined)!;
  const model = (await loadCase(one)) as unknown as DecoderLanguageModel;
  const { inputIds } = inputsOf(one);
  const hidden = model.hiddenStates(inputIds);
  expect(await numbers(model.logits(hidden))).toEqual(await numbers(model.forward(inputIds)));
  const last = slice(hidden, [null, [-1]]);
  expect(model.logits(last).shape).toEqual([inputIds.shape[0], 1, model.decoding.vocabulary]);
  expect(model.decoding.context).toBeLessThanOrEqual(model.decoding.positions);
});

test('the hidden states of a decoder behind an encoder need what the encoder has read', async () => {
  const one = readCases('t5').find((each) => each.losses !== undefined)!;
  const model = (await loadCase(one)) as unknown as Seq2SeqLanguageModel;
  expect(() => model.hiddenStates(tensor([[1]], { dtype: 'int32' }))).toThrow(
    'T5.hiddenStates: there is no encoder to look at. Got no cache',
  );
});

test("quantize rounds GPT-2's maps too, and what is written follows", { timeout: 60_000 }, async () => {
  manualSeed(2);
  const sizes = { vocabSize: 40, nPositions: 16, nEmbd: 64, nLayer: 2, nHead: 2, initializerRange: 0.2 };
  const model = new GPT2LMHeadModel({ ...sizes, tieWordEmbeddings: false }).eval();
  const ids = tensor([[3, 1, 4, 1, 5]], { dtype: 'int32' });
  const before = await numbers(model.forward(ids));
  const { replaced, bytes } = await quantize(model, { bits: 8 });
  const maps = ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'];
  const blocks = [0, 1].flatMap((layer) => maps.map((map) => `transformer.h.${layer}.${map}`));
  expect([...replaced].sort()).toEqual(['lm_head', ...blocks].sort());
  expect(bytes.after / bytes.before).toBeLessThan(0.3);
  const after = await numbers(model.forward(ids));
  expect(relativeDifference(after, before)).toBeLessThan(0.05);
  expect(relativeDifference(after, before)).toBeGreaterThan(1e-5);
  const { sequences } = await generate(model, [[3, 1, 4, 1, 5]], { maxNewTokens: 1 });
  const last = after.slice(-40);
  expect(sequences[0]).toEqual([last.indexOf(Math.max(...last))]);
  await releaseGeneration(model);
});

test.each(FAMILIES)('%s compiles for any batch and length', async (family) => {
  const one = readCases(family).find((each) => each.losses !== undefined)!;
  const model = await loadCase(one);
  const int32 = spec(['batch', 'time'], 'int32');
  const target = spec(['batch', 'target'], 'int32');
  const { inputIds, options } = inputsOf(one);
  const others =
    one.inputs.decoder_input_ids !== undefined ? { decoderInputIds: target, decoderAttentionMask: target } : {};
  const specs = { attentionMask: int32, ...others };
  const run = await compile(model as never, { ids: int32, options: specs });
  const given = Object.fromEntries(Object.keys(specs).map((key) => [key, options[key]!]));
  const compiled = await numbers((await run(inputIds, given)) as Tensor);
  const direct = await numbers(model.forward(inputIds, given) as Tensor);
  expect(relativeDifference(compiled, direct)).toBeLessThan(TOLERANCE);
  const shorter = (x: Tensor): Tensor =>
    slice(x, [
      [0, 1],
      [0, 3],
    ]);
  const few = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, shorter(value)]));
  const part = await numbers((await run(shorter(inputIds), few)) as Tensor);
  expect(relativeDifference(part, await numbers(model.forward(shorter(inputIds), few) as Tensor))).toBeLessThan(
    TOLERANCE,
  );
  await run.dispose();
});

test('a mask of any number type is a mask', async () => {
  const one = readCases('bert').find((each) => each.name === 'base-random')!;
  const model = await loadCase(one);
  const { inputIds } = inputsOf(one);
  const mask = one.inputs.attention_mask as number[][];
  const hidden = async (attentionMask: Tensor): Promise<Float32Array> =>
    numbers((model.forward(inputIds, { attentionMask }) as unknown as { lastHiddenState: Tensor }).lastHiddenState);
  const expected = await hidden(tensor(mask, { dtype: 'int32' }));
  expect(await hidden(tensor(mask.map((row) => row.map(Boolean))))).toEqual(expected);
  expect(await hidden(tensor(mask))).toEqual(expected);
});

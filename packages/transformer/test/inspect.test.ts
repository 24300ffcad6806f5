import { readFileSync } from 'node:fs';
import { ArgumentError, data, getDefaultBackend, mul, setDefaultBackend, tensor, toArray } from '@gai/core';
import { readSafetensors } from '@gai/core/io';
import { nodeBackend } from '@gai/backend-node';
import { manualSeed } from '@gai/nn';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { BertForMaskedLM, GPT2LMHeadModel, LlamaForCausalLM, inspect, releaseInspection } from '../src/index.ts';
import type { DecoderLanguageModel, InspectOptions } from '../src/index.ts';
import { InspectProgram } from '../src/inspect/inspect-program.ts';
import { TOLERANCE, loadCase } from './families.ts';
import { readCases, relativeDifference } from './fixture.ts';

interface InspectCase {
  readonly family: string;
  readonly name: string;
  readonly ids: readonly number[];
  readonly changes: readonly (readonly [layer: number, head: number, strength: number])[];
}

const { tensors, metadata } = readSafetensors(readFileSync(new URL('fixtures/inspect.safetensors', import.meta.url)));
const cases = JSON.parse(metadata.get('cases')!) as InspectCase[];

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const maskWith = (layers: number, heads: number, changes: InspectCase['changes'] = []): number[][] => {
  const mask = Array.from({ length: layers }, () => new Array<number>(heads).fill(1));
  for (const [layer, head, strength] of changes) mask[layer]![head] = strength;
  return mask;
};

const llama = (): LlamaForCausalLM =>
  new LlamaForCausalLM({
    vocabSize: 13,
    hiddenSize: 16,
    intermediateSize: 9,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
  });
const gpt2 = (): GPT2LMHeadModel =>
  new GPT2LMHeadModel({ vocabSize: 13, nPositions: 6, nEmbd: 12, nLayer: 2, nHead: 3 });

describe('inspect gives what the reference does', () => {
  it.each(cases.map((one) => [`${one.family} ${one.name}`, one] as const))('%s', async (_, one) => {
    const { family, name, ids, changes } = one;
    const expected = (key: string): Float32Array => tensors.get(`${family}/${name}/${key}`)!.data as Float32Array;
    const model = (await loadCase(
      readCases(family).find((each) => each.name === name)!,
    )) as unknown as DecoderLanguageModel;
    const found = await inspect(model, ids);
    for (const key of ['logits', 'residuals', 'weights'] as const) {
      expect(found[key].shape, key).toEqual(tensors.get(`${family}/${name}/${key}`)!.shape);
      expect(relativeDifference((await data(found[key])) as Float32Array, expected(key)), key).toBeLessThan(TOLERANCE);
    }

    // The lens, at every place and layer: the reference's order, and its probabilities.
    const all = expected('lens');
    const vocabulary = model.decoding.vocabulary;
    const tokens = (await toArray(found.lens.tokens)) as number[][][];
    const logProbs = (await toArray(found.lens.logProbs)) as number[][][];
    tokens.flat().forEach((best, row) => {
      const wanted = all.subarray(row * vocabulary, (row + 1) * vocabulary);
      const order = Array.from(wanted.keys()).sort((a, b) => wanted[b]! - wanted[a]!);
      best.forEach((token, place) => {
        expect(Math.abs(wanted[token]! - wanted[order[place]!]!)).toBeLessThan(1e-4);
        expect(Math.abs(logProbs.flat()[row]![place]! - wanted[token]!)).toBeLessThan(1e-4);
      });
    });

    const headMask = maskWith(model.decoding.layers, model.queryHeads, changes);
    const { logits } = await inspect(model, ids, { headMask });
    const difference = relativeDifference((await data(logits)) as Float32Array, expected('changed'));
    expect(difference).toBeLessThan(TOLERANCE);
  });
});

describe.each([
  ['GPT-2', gpt2],
  ['Llama', llama],
] as const)('the parts of %s', (_, make) => {
  it('add up to what the model itself gives', async () => {
    manualSeed(3);
    const model = make();
    for (const parameter of model.parameters()) parameter.assign(mul(parameter.value, 5));
    const ids = [3, 1, 4, 1, 5];
    const found = await inspect(model, ids, { lensPositions: [4, 0] });
    const own = model.eval().forward(tensor([ids], { dtype: 'int32' }));
    expect(relativeDifference(await floats(found.logits), await floats(own))).toBeLessThan(1e-6);

    const residuals = (await toArray(found.residuals)) as number[][][];
    const attention = (await toArray(found.attentionUpdates)) as number[][][];
    const feedForward = (await toArray(found.feedForwardUpdates)) as number[][][];
    attention.forEach((rows, layer) =>
      rows.forEach((row, at) =>
        row.forEach((value, feature) => {
          const sum = residuals[layer]![at]![feature]! + value + feedForward[layer]![at]![feature]!;
          expect(residuals[layer + 1]![at]![feature]).toBeCloseTo(sum, 4);
        }),
      ),
    );

    const heads = await headsOf(found);
    for (const { queries, keys, values, scores, weights, outputs } of heads) {
      weights.forEach((row, query) => {
        row.forEach((weight, key) => {
          const product = queries[query]!.reduce((sum, value, i) => sum + value * keys[key]![i]!, 0);
          expect(scores[query]![key]).toBeCloseTo(product / Math.sqrt(queries[query]!.length), 4);
          if (key > query) expect(weight).toBe(0);
        });
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        const mixed = values[0]!.map((__, i) => row.reduce((sum, weight, key) => sum + weight * values[key]![i]!, 0));
        mixed.forEach((value, i) => expect(outputs[query]![i]).toBeCloseTo(value, 4));
      });
    }

    // The lens behind the last layer is the model's own prediction, at the places that were asked for.
    const logits = (await toArray(found.logits)) as number[][];
    const tokens = (await toArray(found.lens.tokens)) as number[][][];
    expect(found.lens.positions).toEqual([4, 0]);
    expect(tokens.at(-1)!.map((best) => best[0])).toEqual(
      [4, 0].map((at) => logits[at]!.indexOf(Math.max(...logits[at]!))),
    );
    await releaseInspection(model);
  });

  it('without a head are what the model gives without the part of the product that reads it', async () => {
    manualSeed(4);
    const model = make();
    const ids = [3, 1, 4, 1];
    const headMask = maskWith(2, model.queryHeads, [[1, 2, 0]]);
    const off = await floats((await inspect(model, ids, { headMask })).logits);
    const before = await floats((await inspect(model, ids)).logits);
    expect(relativeDifference(off, before)).toBeGreaterThan(1e-4);
    const name = [...model.namedParameters().keys()].find((each) =>
      /1\.(attn\.c_proj|self_attn\.o_proj)\.weight$/.test(each),
    )!;
    const weight = model.namedParameters().get(name)!;
    const rows = (await toArray(weight.value)) as number[][];
    const depth = 4;
    const isRead = (feature: number): boolean => Math.floor(feature / depth) === 2;
    const isInFirst = name.includes('c_proj');
    const zeroed = rows.map((row, y) => row.map((value, x) => (isRead(isInFirst ? y : x) ? 0 : value)));
    weight.assign(tensor(zeroed)); // The compiled program follows new weights.
    expect(relativeDifference(await floats((await inspect(model, ids)).logits), off)).toBeLessThan(1e-6);
  });

  it('bad input is refused', async () => {
    const model = make();
    const heads = model.queryHeads;
    const ones = maskWith(2, heads);
    const options: readonly (readonly [unknown, string])[] = [
      [{ headmask: ones }, "Did you mean 'headMask'?"],
      [{ headMask: [] }, '2 rows'],
      [{ headMask: ones.slice(1) }, '2 rows'],
      [{ headMask: [...ones, ones[0]] }, '2 rows'],
      [{ headMask: ones.map((row) => row.slice(1)) }, `${heads} numbers`],
      [{ headMask: [[...ones[0]!.slice(1), NaN], ones[1]] }, 'headMask'],
      [{ headMask: [[...ones[0]!.slice(1), Infinity], ones[1]] }, 'headMask'],
      [{ headMask: [[...ones[0]!.slice(1), '1'], ones[1]] }, 'headMask'],
      [{ headMask: [[...ones[0]!.slice(1), null], ones[1]] }, 'headMask'],
      [{ headMask: 1 }, 'headMask'],
      [{ headMask: tensor(ones) }, 'headMask'],
      [{ headMask: null }, 'headMask'],
      [{ lensPositions: [] }, 'whole numbers from 0 to 1'],
      [{ lensPositions: [2] }, 'whole numbers from 0 to 1'],
      [{ lensPositions: [-1] }, 'whole numbers from 0 to 1'],
      [{ lensPositions: [0.5] }, 'whole numbers from 0 to 1'],
      [{ lensPositions: [NaN] }, 'whole numbers from 0 to 1'],
      [{ lensPositions: 1 }, 'whole numbers from 0 to 1'],
      [[], 'the options object'],
      [null, 'the options object'],
    ];
    for (const [place, [given, words]] of options.entries()) {
      const refused = inspect(model, [1, 2], given as InspectOptions).then(String, (error: unknown) => error);
      expect(await refused, `case ${place}`).toBeInstanceOf(ArgumentError);
      expect(String(await refused), `case ${place}`).toContain(words);
    }
    const texts: readonly (readonly [unknown, string])[] = [
      [[], 'Got 0; expected 1'],
      [[13], 'no such token. Got 13 at place 0; expected whole numbers from 0 to 12'],
      [[1, -1], 'Got -1 at place 1'],
      [[1.5], 'no such token'],
      [[NaN], 'no such token'],
      [['1'], 'no such token'],
      [[undefined], 'no such token'],
      ['the cat', 'a list of token ids'],
      [{ ids: [1] }, 'a list of token ids'],
      [tensor([1, 2], { dtype: 'int32' }), 'a list of token ids'],
      [null, 'a list of token ids'],
      [undefined, 'a list of token ids'],
      [7, 'a list of token ids'],
    ];
    for (const [place, [given, words]] of texts.entries()) {
      const refused = inspect(model, given as number[]).then(String, (error: unknown) => error);
      expect(await refused, `case ${place}`).toBeInstanceOf(ArgumentError);
      expect(String(await refused)).toContain(words);
    }
  });
});

it('refuses more tokens than there are positions, and models of another kind', async () => {
  await expect(inspect(gpt2(), new Array<number>(7).fill(1))).rejects.toThrow(
    'Got 7; expected 1 to 6. Cut the text off.',
  );
  const bert = new BertForMaskedLM({
    vocabSize: 13,
    hiddenSize: 12,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 8,
  });
  for (const other of [bert, undefined, {}, 'gpt2', 4])
    await expect(inspect(other as unknown as DecoderLanguageModel, [1])).rejects.toThrow('cannot be looked into');
});

it('calls that overlap do not disturb each other, and a failed one leaves the next alone', async () => {
  const model = llama();
  const alone = await floats((await inspect(model, [1, 2, 3])).logits);
  const [first, refused, second] = await Promise.allSettled([
    inspect(model, [1, 2, 3]),
    inspect(model, [99]),
    inspect(model, Int32Array.of(4, 5)),
  ]);
  expect(refused.status).toBe('rejected');
  expect(await floats((first as PromiseFulfilledResult<Awaited<ReturnType<typeof inspect>>>).value.logits)).toEqual(
    alone,
  );
  expect((second as PromiseFulfilledResult<Awaited<ReturnType<typeof inspect>>>).value.ids).toEqual([4, 5]);
  await releaseInspection(model);
  expect(await floats((await inspect(model, [1, 2, 3])).logits)).toEqual(alone);
});

it('is freed on every backend, whichever is the default then', async () => {
  const model = gpt2();
  const first = await floats((await inspect(model, [1, 2])).logits);
  const before = getDefaultBackend();
  await using other = await nodeBackend({ device: 'cpu', threads: 1 });
  const dispose = vi.spyOn(InspectProgram.prototype, 'dispose');
  setDefaultBackend(other);
  try {
    await inspect(model, [1, 2]);
    await releaseInspection(model);
    expect(dispose).toHaveBeenCalledTimes(2);
  } finally {
    setDefaultBackend(before);
    dispose.mockRestore();
  }
  expect(await floats((await inspect(model, [1, 2])).logits)).toEqual(first);
});

const floats = async (x: Parameters<typeof data>[0]): Promise<Float32Array> => (await data(x)) as Float32Array;

/** What one head computes. */
interface Head {
  readonly queries: number[][];
  readonly keys: number[][];
  readonly values: number[][];
  readonly scores: number[][];
  readonly weights: number[][];
  readonly outputs: number[][];
}

async function headsOf(found: Awaited<ReturnType<typeof inspect>>): Promise<Head[]> {
  const read = async (x: Parameters<typeof toArray>[0]): Promise<number[][][][]> =>
    (await toArray(x)) as number[][][][];
  const [queries, keys, values] = [await read(found.queries), await read(found.keys), await read(found.values)];
  const [scores, weights, outputs] = [
    await read(found.scores),
    await read(found.weights),
    await read(found.headOutputs),
  ];
  return queries.flatMap((layer, l) =>
    layer.map((_, h) => {
      const shared = Math.floor(h / (layer.length / keys[l]!.length));
      return {
        queries: layer[h]!,
        keys: keys[l]![shared]!,
        values: values[l]![shared]!,
        scores: scores[l]![h]!,
        weights: weights[l]![h]!,
        outputs: outputs[l]![h]!,
      };
    }),
  );
}

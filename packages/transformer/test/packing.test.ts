import { data, equal, mul, setDefaultBackend, slice, tensor, where } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { packed, tokenArray } from '@gai/data';
import type { PackedBatch } from '@gai/data';
import { adamW, chain, clipByGlobalNorm, cosineSchedule, evaluate as measure, fit, manualSeed, sgd } from '@gai/nn';
import type { Checkpoint } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { GPT2LMHeadModel, LlamaForCausalLM, segmentMask, tokenLoss } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

type Model = GPT2LMHeadModel | LlamaForCausalLM;

const MODELS: Record<string, () => Model> = {
  llama: () =>
    new LlamaForCausalLM({
      vocabSize: 24,
      hiddenSize: 16,
      intermediateSize: 24,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      numKeyValueHeads: 2,
    }),
  'gpt-2': () =>
    new GPT2LMHeadModel({
      vocabSize: 24,
      nPositions: 16,
      nEmbd: 16,
      nLayer: 2,
      nHead: 4,
      residPdrop: 0,
      embdPdrop: 0,
      attnPdrop: 0,
    }),
};

const A = [1, 2, 3, 4, 5];
const B = [6, 7, 8];
const C = [9, 10, 11, 12];

const inputsOf = ({ x, segments, positionIds }: PackedBatch) =>
  [x, { attentionMask: segmentMask(segments), positionIds }] as const;

/** All documents in one window. */
async function windowOf(documents: readonly number[][]): Promise<PackedBatch> {
  for await (const batch of packed(tokenArray(documents), { length: 12, batchSize: 1, shuffle: false })) return batch;
  throw new Error('no batch');
}

const logitsOf = async (model: Model, batch: PackedBatch, from: number, to: number): Promise<number[]> =>
  Array.from(await data(slice(model.forward(...inputsOf(batch)), [null, [from, to]])), Number);

describe.each(Object.entries(MODELS))('packed windows, %s', (_, make) => {
  it('give what the documents give alone, whatever their neighbours are', async () => {
    manualSeed(3);
    const model = make();
    const together = await windowOf([A, B, C]);
    const [first, second, third] = await Promise.all([
      logitsOf(model, together, 0, 5),
      logitsOf(model, together, 5, 8),
      logitsOf(model, together, 8, 12),
    ]);
    for (const [document, expected] of [
      [A, first],
      [B, second],
      [C, third],
    ] as const) {
      const alone = Array.from(await data(model.forward(tensor([document], { dtype: 'int32' }))), Number);
      alone.forEach((value, index) => expect(expected[index]).toBeCloseTo(value, 5));
    }
    // Bitwise: another document in the middle changes nothing of its neighbours.
    const changed = await windowOf([A, [20, 21, 22], C]);
    expect(await logitsOf(model, changed, 0, 5)).toEqual(first);
    expect(await logitsOf(model, changed, 8, 12)).toEqual(third);
    expect(await logitsOf(model, changed, 5, 8)).not.toEqual(second);
  });

  it('learn from one document what they learn from it alone, whatever its neighbours are', async () => {
    // Labels of the last document only: what a step changes is its gradient.
    const learned = async (batch: PackedBatch): Promise<number[]> => {
      manualSeed(3);
      const model = make();
      const y = where(equal(batch.segments, 2), batch.y, -100);
      await fit(model, {
        train: [{ ...batch, y }],
        inputs: inputsOf,
        loss: tokenLoss,
        optimizer: sgd({ learningRate: 1 }),
      });
      return (await Promise.all(model.parameters().map((one) => data(one)))).flatMap((values) =>
        [...values].map(Number),
      );
    };
    const expected = await learned(await windowOf([A, B, C]));
    expect(await learned(await windowOf([A, [20, 21, 22], C]))).toEqual(expected);
    expect(await learned(await windowOf([A, B, [9, 10, 11, 13]]))).not.toEqual(expected);
  });
});

describe('training on packed windows', () => {
  const DOCUMENTS = Array.from({ length: 30 }, (_, d) =>
    Array.from({ length: 1 + ((d * 7) % 11) }, (__, i) => (d + i) % 23),
  );
  const loader = () => packed(tokenArray(DOCUMENTS, { separator: 23 }), { length: 16, batchSize: 4, seed: 1 });

  it('goes on in the middle of an epoch, bitwise', async () => {
    const train = async (stopAt: number | undefined, resume?: Checkpoint) => {
      manualSeed(3);
      const model = MODELS['llama']!();
      const losses: number[] = [];
      let saved: Checkpoint | undefined;
      await fit(model, {
        train: loader(),
        inputs: inputsOf,
        loss: tokenLoss,
        optimizer: adamW({ learningRate: cosineSchedule({ initial: 0.01, steps: 12, warmupSteps: 2 }) }),
        epochs: 3,
        stepsPerRun: 1,
        callbacks: [
          {
            name: 'stop',
            onStepEnd: (context, { loss }) => {
              losses.push(loss);
              if (context.step === stopAt) context.stop('enough');
            },
            onFitEnd: (context) => void (saved = context.checkpoint()),
          },
        ],
        ...(resume && { resume }),
      });
      const weights = await Promise.all(model.parameters().map(async (one) => Array.from(await data(one), Number)));
      return { losses, weights, saved: saved! };
    };
    const whole = await train(undefined);
    expect(whole.losses.length).toBeGreaterThan(9);
    const first = await train(5);
    expect(first.saved.progress).toMatchObject({ loader: { epoch: 1 } });
    const second = await train(undefined, first.saved);
    expect([...first.losses, ...second.losses]).toEqual(whole.losses);
    expect(second.weights).toEqual(whole.weights);
  });

  it('gives, in parts with unequal numbers of labels, the step of the whole batch', async () => {
    const updated = async (accumulate: number): Promise<{ loss: number; weights: number[] }> => {
      manualSeed(3);
      const model = MODELS['llama']!();
      const tokens = tokenArray([Array.from({ length: 16 }, (_, i) => i), [1], [2], [3], [4, 5], [6, 7, 8]]);
      const train = packed(tokens, { length: 6, batchSize: 4, shuffle: false });
      const optimizer = chain(clipByGlobalNorm(0.1), sgd({ learningRate: 0.5 }));
      const { epochs } = await fit(model, { train, inputs: inputsOf, loss: tokenLoss, optimizer, accumulate });
      const weights = await Promise.all(model.parameters().map((one) => data(one)));
      return { loss: epochs[0]!['loss']!, weights: weights.flatMap((values) => [...values].map(Number)) };
    };
    const whole = await updated(1);
    const inParts = await updated(3);
    expect(inParts.loss).toBeCloseTo(whole.loss, 5);
    inParts.weights.forEach((value, index) => expect(value).toBeCloseTo(whole.weights[index]!, 5));
  });

  it('is measured in evaluation with the same inputs', async () => {
    manualSeed(3);
    const model = MODELS['llama']!();
    // As it begins, it foresees all tokens alike, whatever it sees.
    for (const parameter of model.parameters()) parameter.assign(mul(parameter.value, 8));
    const tokens = tokenArray(DOCUMENTS, { separator: 23 });
    const lossOf = async (length: number, batchSize: number): Promise<number> => {
      const source = packed(tokens, { length, batchSize, shuffle: false });
      return (await measure(model, source, { inputs: inputsOf, loss: tokenLoss })).loss!;
    };
    let nats = 0;
    for (const document of DOCUMENTS) {
      const [x, y] = [
        [23, ...document],
        [...document, 23],
      ].map((ids) => tensor([ids], { dtype: 'int32' }));
      nats += (document.length + 1) * Number((await data(tokenLoss(model.forward(x!), y!)))[0]);
    }
    expect(await lossOf(256, 1)).toBeCloseTo(nats / tokens.length, 4);
    expect(Math.abs(nats / tokens.length - Math.log(24))).toBeGreaterThan(0.1);
    const cut = await lossOf(7, 3);
    expect(await lossOf(7, 16)).toBeCloseTo(cut, 4);
    expect(Math.abs(cut - nats / tokens.length)).toBeGreaterThan(1e-3); // Windows cut documents off.
  });

  it('refuses segments that are no row of tokens each', () => {
    expect(() => segmentMask(tensor([0, 1], { dtype: 'int32' }))).toThrow(
      'segmentMask: the segments do not fit. Got [2]',
    );
  });
});

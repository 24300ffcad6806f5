import { nodeBackend } from '@gai/backend-node';
import {
  add,
  cast,
  data,
  div,
  exp,
  expand,
  getDefaultBackend,
  mean,
  mul,
  neg,
  notEqual,
  reshape,
  setDefaultBackend,
  square,
  sub,
  sum,
  tensor,
  where,
} from '@gai/core';
import type { Tensor } from '@gai/core';
import { beforeAll, describe, expect, it, vi } from 'vitest';

import {
  Embedding,
  Linear,
  Module,
  Sequential,
  adamW,
  chain,
  clipByGlobalNorm,
  crossEntropy,
  manualSeed,
  mse,
  sgd,
  trainStep,
} from '../../src/index.ts';
import type { LossValue, TrainStepOptions } from '../../src/index.ts';
import { batch, newNet } from './problem.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

const numbers = async (x: Tensor): Promise<number[]> => [...(await data(x))].map(Number);

interface Tokens {
  readonly x: Tensor;
  readonly y: Tensor;
}

const VOCABULARY = 7;
const TIME = 5;

/** Rows of tokens of which a different number counts. */
function tokens(rows: number): Tokens {
  const at = (index: number): number => Math.floor(Math.abs(Math.sin(index * 7.3)) * VOCABULARY);
  const x = Int32Array.from({ length: rows * TIME }, (_, index) => at(index));
  const y = Int32Array.from({ length: rows * TIME }, (_, index) =>
    index % TIME <= (Math.floor(index / TIME) * 3) % TIME ? at(index + 1) : -100,
  );
  return { x: tensor(x, { shape: [rows, TIME] }), y: tensor(y, { shape: [rows, TIME] }) };
}

function make(options: TrainStepOptions, loss?: (logits: Tensor, y: Tensor) => LossValue) {
  manualSeed(3);
  const model = new Sequential(
    new Embedding({ numEmbeddings: VOCABULARY, embeddingDim: 6 }),
    new Linear({ inFeatures: 6, outFeatures: VOCABULARY }),
  );
  const flat = (logits: Tensor, y: Tensor): LossValue =>
    crossEntropy(reshape(logits, [-1, VOCABULARY]), reshape(y, [-1]));
  const step = trainStep(
    { models: { model }, optimizers: { model: chain(clipByGlobalNorm(0.2), adamW({ learningRate: 0.01 })) } },
    (models, { x, y }: Tokens) => ({ losses: { model: (loss ?? flat)(models.model.forward(x) as Tensor, y) } }),
    options,
  );
  const weights = async () => (await Promise.all(model.parameters().map(numbers))).flat();
  return { model, step, weights };
}

const close = (values: readonly number[], digits = 6) => values.map((value) => expect.closeTo(value, digits) as number);

describe('accumulate', () => {
  it.each([
    ['even parts', 8, 4],
    ['parts of unequal size', 7, 3],
    ['more parts than rows', 2, 4],
    ['one row', 1, 2],
  ])('is the whole batch, with unequal counts of tokens: %s', async (_, rows, parts) => {
    const [whole, split] = [make({}), make({ accumulate: parts })];
    for (let index = 0; index < 3; index++) {
      const given = tokens(rows);
      const [expected, got] = [await whole.step(given), await split.step(given)];
      expect(await numbers(got.losses.model)).toEqual(close(await numbers(expected.losses.model)));
      expect(await numbers(got.gradientNorm)).toEqual(close(await numbers(expected.gradientNorm)));
    }
    expect(split.step.step).toBe(3);
    expect(await split.weights()).toEqual(close(await whole.weights(), 5));
  });

  it('takes the weights a loss states as { sum, count }, and counts a plain mean by rows', async () => {
    const stated = (logits: Tensor, y: Tensor): LossValue => ({
      sum: crossEntropy(reshape(logits, [-1, VOCABULARY]), reshape(y, [-1]), { reduction: 'sum' }),
      count: sum(cast(notEqual(y, -100), 'float32')),
    });
    const plain = (logits: Tensor, y: Tensor): LossValue =>
      mul(mean(square(sub(logits, reshape(where(notEqual(y, -100), 1, 0), [-1, TIME, 1])))), 3);
    const total = (logits: Tensor, y: Tensor): LossValue =>
      crossEntropy(reshape(logits, [-1, VOCABULARY]), reshape(y, [-1]), { reduction: 'sum' });
    for (const loss of [stated, plain, total]) {
      const [whole, split] = [make({}, loss), make({ accumulate: 3 }, loss)];
      const given = tokens(8);
      const [expected, got] = [await whole.step(given), await split.step(given)];
      expect(await numbers(got.losses.model)).toEqual(close(await numbers(expected.losses.model), 4));
      expect(await numbers(got.gradientNorm)).toEqual(close(await numbers(expected.gradientNorm), 4));
      expect(await split.weights()).toEqual(close(await whole.weights(), 5));
    }
  });

  it('refuses a sum over rows that says nothing of what divides it', async () => {
    const error = (logits: Tensor): Tensor => square(sub(logits, 1));
    const given = tokens(8);
    await expect(make({ accumulate: 3 }, (logits) => sum(error(logits))).step(given)).rejects.toThrow(
      /^trainStep: the loss 'model' is a sum over rows\..*Return \{ sum: loss, count: null \}/,
    );
    for (const loss of [
      (logits: Tensor): LossValue => ({ sum: sum(error(logits)), count: null }),
      (logits: Tensor): LossValue => sum(mean(error(logits), { axis: 0 })),
    ]) {
      const [whole, split] = [make({}, loss), make({ accumulate: 3 }, loss)];
      const [expected, got] = [await whole.step(given), await split.step(given)];
      expect(await numbers(got.gradientNorm)).toEqual(close(await numbers(expected.gradientNorm), 3));
    }
  });

  const tokenLoss = (logits: Tensor, y: Tensor, options: object = {}): Tensor =>
    crossEntropy(reshape(logits, [-1, VOCABULARY]), reshape(y, [-1]), options);

  it.each<[string, (logits: Tensor, y: Tensor, weight: Tensor) => LossValue]>([
    ['scaled', (logits, y) => mul(0.3, tokenLoss(logits, y))],
    ['divided, negated twice', (logits, y) => neg(div(neg(tokenLoss(logits, y)), 4))],
    ['cast there and back', (logits, y) => cast(cast(tokenLoss(logits, y), 'float64'), 'float32')],
    ['with a penalty', (logits, y, w) => add(mul(tokenLoss(logits, y), 2), mul(sum(square(w)), 0.01))],
    ['less a penalty', (logits, y, w) => sub(tokenLoss(logits, y), mul(mean(square(w)), 0.5))],
    ['scaled by a function of the weights', (logits, y, w) => mul(tokenLoss(logits, y), exp(mean(w)))],
    [
      'of rows alone, added up',
      (logits, _, w) => add(mse(logits, mul(logits, 0)), mul(mse(logits, add(mul(logits, 0), 1)), mean(w))),
    ],
  ])('keeps the weights of tokens in a loss that is %s', async (_, loss) => {
    const build = (options: TrainStepOptions) => {
      const made = make(options, (logits, y) => loss(logits, y, made.model.parameters()[0]!));
      return made;
    };
    const [whole, split] = [build({}), build({ accumulate: 3 })];
    const given = tokens(8);
    const [expected, got] = [await whole.step(given), await split.step(given)];
    expect(await numbers(got.losses.model)).toEqual(close(await numbers(expected.losses.model), 5));
    expect(await numbers(got.gradientNorm)).toEqual(close(await numbers(expected.gradientNorm), 5));
  });

  it('scales a loss by a number that comes with the batch', async () => {
    const losses: number[][] = [];
    for (const accumulate of [1, 3]) {
      const { model } = make({});
      const step = trainStep(
        { models: { model }, optimizers: { model: sgd() } },
        (models, { x, y, beta }: Tokens & { beta: Tensor }) => ({
          losses: { model: mul(tokenLoss(models.model.forward(x) as Tensor, y), beta) },
        }),
        { accumulate },
      );
      losses.push(await numbers((await step({ ...tokens(8), beta: tensor(0.25) })).losses.model));
    }
    expect(losses[1]).toEqual(close(losses[0]!, 6));
  });

  it.each<[string, (logits: Tensor, y: Tensor) => LossValue, RegExp]>([
    [
      'two losses by token',
      (l, y) => add(tokenLoss(l, y), tokenLoss(l, y)),
      /has no one count\..*Return \{ sum, count \}/,
    ],
    ['one by token and one by row', (l, y) => add(tokenLoss(l, y), mean(square(l))), /has no one count/],
    ['a function of one by token', (l, y) => exp(tokenLoss(l, y)), /has no one count/],
    ['one by token times another', (l, y) => mul(tokenLoss(l, y), mean(square(l))), /has no one count/],
    ['a scaled sum', (l, y) => mul(tokenLoss(l, y, { reduction: 'sum' }), 0.1), /is a sum over rows/],
    ["a scaled sum of one's own", (l) => mul(sum(square(l)), 0.1), /is a sum over rows/],
    ['a sum and a penalty', (l, y) => add(tokenLoss(l, y, { reduction: 'sum' }), 1), /is a sum over rows/],
  ])('refuses %s', async (_, loss, message) => {
    await expect(make({ accumulate: 3 }, loss).step(tokens(8))).rejects.toThrow(message);
    expect((await make({}, loss).step(tokens(8))).losses.model.shape).toEqual([]);
  });

  it('is one run and one program, however many rows', async () => {
    const backend = getDefaultBackend();
    const load = backend.load.bind(backend);
    let runs = 0;
    const spy = vi.spyOn(backend, 'load').mockImplementation(async (model, options) => {
      const session = await load(model, options);
      const run = session.run.bind(session);
      session.run = (...args) => ((runs += 1), run(...args));
      return session;
    });
    const { step } = make({ accumulate: 5 });
    for (const rows of [10, 15, 5, 20]) await step(tokens(rows));
    expect({ loads: spy.mock.calls.length, runs }).toEqual({ loads: 1, runs: 4 });
    spy.mockRestore();
  });

  it('gives the rows of the whole batch, an axis of parts otherwise, and goes on with running statistics', async () => {
    const model = newNet();
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd({ learningRate: 0 }) } },
      (models, { x, y }: ReturnType<typeof batch>) => {
        const logits = models.model.fc1.forward(x);
        return {
          losses: { model: crossEntropy(models.model.forward(x), y) },
          logits,
          largest: mean(logits),
          name: 'a',
        };
      },
      { accumulate: 3 },
    );
    const given = batch(7);
    const { logits, largest, name } = await step(given);
    expect([logits.shape, largest.shape, name]).toEqual([[7, 8], [3], 'a']);
    expect(await numbers(logits)).toEqual(close(await numbers(model.fc1.forward(given.x)), 5));
    const rows = await numbers(model.fc1.forward(given.x));
    let running = 0;
    for (const [from, to] of [
      [0, 3],
      [3, 5],
      [5, 7],
    ] as const) {
      const column = Array.from({ length: to - from }, (_, row) => rows[(from + row) * 8]!);
      running = 0.9 * running + 0.1 * (column.reduce((a, b) => a + b) / column.length);
    }
    expect((await numbers(model.bn.running_mean!))[0]).toBeCloseTo(running, 5);
  });

  it.each<[string, TrainStepOptions['dynamicAxes']]>([
    ['all sizes are fixed', null],
    ['the rows have no name', [null]],
    ['the rows have a name', ['batch']],
  ])('gives rows in the order of the batch where %s', async (_, dynamicAxes) => {
    const model = newNet();
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd({ learningRate: 0 }) } },
      (models, { x, y }: ReturnType<typeof batch>) => {
        const logits = models.model.fc1.forward(x);
        const three = mean(reshape(logits, [-1, 2, 4]), { axis: [0, 1] });
        return { losses: { model: crossEntropy(models.model.forward(x), y) }, logits, labels: y, three };
      },
      { accumulate: 3, dynamicAxes },
    );
    for (const rows of [6, 8, 10]) {
      const given = batch(rows);
      const { logits, labels, three } = await step(given);
      expect([logits.shape, labels.shape, three.shape]).toEqual([[rows, 8], [rows], [3, 4]]);
      expect(await numbers(labels)).toEqual(await numbers(given.y));
      expect(await numbers(logits)).toEqual(close(await numbers(model.fc1.forward(given.x)), 5));
    }
  });

  it('keeps an axis of parts for what is as long as the rows of one group alone', async () => {
    const model = newNet();
    const step = trainStep(
      { models: { model }, optimizers: { model: sgd({ learningRate: 0 }) } },
      (models, { x, y }: ReturnType<typeof batch>) => {
        const loss = crossEntropy(models.model.forward(x), y);
        return { losses: { model: loss }, three: expand(reshape(loss, [1]), [3]) };
      },
      { accumulate: 3, dynamicAxes: null },
    );
    // Parts of 3, 2 and 2 rows.
    expect((await step(batch(7))).three.shape).toEqual([3, 3]);
  });

  it('runs one by one in many, and names what is not finite', async () => {
    const [one, several] = [make({ accumulate: 2 }), make({ accumulate: 2 })];
    for (const rows of [4, 4, 3]) await one.step(tokens(rows));
    const { losses } = await several.step.many([4, 4, 3].map(tokens));
    expect(losses.model.shape).toEqual([3]);
    expect(await several.weights()).toEqual(await one.weights());
    const bad = make({ accumulate: 2 }, (logits) => mul(mean(logits), NaN));
    const before = await bad.weights();
    await expect(bad.step(tokens(4))).rejects.toThrow("the loss 'model' is not finite");
    expect(await bad.weights()).toEqual(before);
  });

  it('keeps models apart that are not updated, and refuses what cannot be split', async () => {
    class Scale extends Module {
      readonly fc = new Linear({ inFeatures: 1, outFeatures: 1 });
      forward(x: Tensor): Tensor {
        return this.fc.forward(x);
      }
    }
    const models = { a: new Scale(), b: new Scale() };
    const step = trainStep(
      { models, optimizers: { a: sgd(), b: sgd() } },
      (given, { x }: { x: Tensor; s: Tensor }) => ({
        losses: { a: mean(square(given.b.forward(given.a.forward(x)))), b: null },
      }),
      { accumulate: 2 },
    );
    const before = await numbers(models.b.fc.weight);
    const { losses } = await step({ x: tensor([[1], [2]]), s: tensor(1) });
    expect([losses.b, await numbers(models.b.fc.weight)]).toEqual([null, before]);
    await expect(step({ x: tensor([[1], [2]]), s: tensor([1]) })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[ShapeError: trainStep: the batch cannot be split into parts. Got first axes of 1 in batch.s, 2 in batch.x; expected one number of rows, at least 1, in every tensor. Leave accumulate out, or give the tensors a batch axis.]`,
    );
    expect(() => make({ accumulate: 0 })).toThrow('accumulate is not a count. Got 0');
  });
});

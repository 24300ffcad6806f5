import { evaluate, item, setDefaultBackend, tensor, valueAndGrad } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { adamW, trainStep } from '@gai/nn';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { nextToken, tokenLoss } from '../src/index.ts';
import { parityRecord } from '../../tooling/src/parity/record.ts';
import { DECODERS, FAMILIES, FIRST, isFull, loadCase } from './families.ts';
import type { AnyModel } from './families.ts';
import { detailsOf, inputsOf, numbersOf, readCases, relativeDifference } from './fixture.ts';
import { recipeIntegers } from './recipe.ts';
import type { Case } from './fixture.ts';

const parity = parityRecord(import.meta.url);

beforeAll(async () => setDefaultBackend(await nodeBackend()));

/** The spread of sums of gradients that two libraries may have, over the largest number of the tensor. */
const TOLERANCE = 1e-4;

/** As in fixtures/make.py: some are ignored, and those at padding and after it. */
function labelsOf(one: Case, vocabSize: number): number[][] {
  const ids = (one.inputs.decoder_input_ids ?? one.inputs.input_ids) as readonly number[][];
  const mask = (one.inputs.decoder_attention_mask ?? one.inputs.attention_mask) as readonly number[][];
  const shape = [ids.length, ids[0]!.length] as const;
  const name = `${one.family}/${one.name}`;
  const dropped = recipeIntegers(`${name}/ignored`, shape, 3);
  const values = recipeIntegers(`${name}/labels`, shape, vocabSize);
  return values.map((row, y) =>
    row.map((label, x) => (dropped[y]![x] === 0 || mask[y]![x] === 0 || mask[y]![x - 1] === 0 ? -100 : label)),
  );
}

describe.each(isFull ? FAMILIES : FIRST)('%s trains as the reference does', (family) => {
  const one = readCases(family).find(({ losses }) => losses !== undefined)!;
  const lossOf = DECODERS.includes(family) ? nextToken : tokenLoss;

  async function prepare(): Promise<{ model: AnyModel; loss: (model: AnyModel) => Tensor }> {
    const model = (await loadCase(one)).train();
    const { inputIds, options } = inputsOf(one);
    const labels = tensor(labelsOf(one, (model.config as { vocabSize: number }).vocabSize), { dtype: 'int32' });
    return { model, loss: (each) => lossOf(each.forward(inputIds, options) as Tensor, labels) };
  }

  /** Records the differences of one kind; each is within the tolerance. */
  function record(compared: string, differences: ReadonlyMap<string, number>): void {
    for (const [name, difference] of differences) expect(difference, name).toBeLessThan(TOLERANCE);
    parity.add({
      group: family,
      name: one.name,
      details: detailsOf(one),
      compared,
      count: differences.size,
      largest: Math.max(...differences.values()),
      tolerance: TOLERANCE,
      reference: one.reference,
    });
  }

  const ratio = (value: number, expected: number): number => Math.abs(value / expected - 1);

  it('has its loss and every gradient', async () => {
    const { model, loss } = await prepare();
    const parameters = model.namedParameters();
    const state = Object.fromEntries([...parameters].map(([name, parameter]) => [name, parameter.value]));
    const [value, gradients] = valueAndGrad((given: Record<string, Tensor>) => {
      for (const [name, parameter] of parameters) parameter.assign(given[name]!);
      return loss(model);
    })(state);
    await evaluate(value, ...Object.values(gradients));
    const names = [...one.outputs.keys()].filter((name) => name.startsWith('gradient/'));
    expect(names.length).toBe(parameters.size);
    const largest = Math.max(
      ...names.flatMap((name) => [...(one.outputs.get(name)!.data as Float32Array)].map(Math.abs)),
    );
    const differences = new Map([['loss', ratio(await item(value), one.losses![0]!)]]);
    for (const name of names) {
      const expected = one.outputs.get(name)!.data as Float32Array;
      // A bias of keys has no effect on what is attended to: its gradient is rounding.
      if (Math.max(...expected.map(Math.abs)) < 1e-6 * largest) continue;
      differences.set(name, relativeDifference(await numbersOf(gradients[name.slice(9)]), expected));
    }
    record('tensors: loss and gradients', differences);
  });

  it('goes five steps of AdamW alike', async () => {
    const { model, loss } = await prepare();
    const optimizer = adamW({ learningRate: 1e-2, eps: 1e-4, weightDecay: 0.01 });
    const step = trainStep({ models: { model }, optimizers: { model: optimizer } }, ({ model: each }) => ({
      losses: { model: loss(each) },
    }));
    const differences = new Map<string, number>();
    for (let index = 0; index < 5; index += 1) {
      const { losses } = await step({});
      differences.set(`loss of step ${index}`, ratio(await item(losses.model as never), one.losses![index]!));
    }
    for (const [name, parameter] of model.namedParameters()) {
      const expected = one.outputs.get(`trained/${name}`)!.data as Float32Array;
      differences.set(name, relativeDifference(await numbersOf(parameter.value), expected));
    }
    differences.set('loss after it', ratio(await item(loss(model.eval())), one.losses![5]!));
    record('tensors: losses, and parameters after training', differences);
  });
});

// The page lists what an ordinary run looks at.
test.skipIf(isFull)('the page on parity lists these cases', ({ task }) => parity.finish(task));

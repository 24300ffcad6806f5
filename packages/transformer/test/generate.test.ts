import { argmax, compile, data, getDefaultBackend, neg, setDefaultBackend, spec, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { adamW, trainStep } from '@gai/nn';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  GPT2LMHeadModel,
  GPT2Model,
  LlamaForCausalLM,
  T5ForConditionalGeneration,
  generate,
  generateSteps,
  releaseGeneration,
  nextToken,
} from '../src/index.ts';
import type { GenerateOptions, GenerateResult } from '../src/index.ts';
import { StepProgram } from '../src/generation/step-program.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend()));

const gpt2 = (): GPT2LMHeadModel =>
  new GPT2LMHeadModel({ vocabSize: 60, nPositions: 24, nEmbd: 16, nLayer: 2, nHead: 2, initializerRange: 0.4 });
const llama = (): LlamaForCausalLM =>
  new LlamaForCausalLM({
    vocabSize: 60,
    hiddenSize: 16,
    intermediateSize: 32,
    numHiddenLayers: 2,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    initializerRange: 0.4,
  });
const t5 = (): T5ForConditionalGeneration =>
  new T5ForConditionalGeneration({
    vocabSize: 60,
    dModel: 16,
    dKv: 4,
    dFf: 32,
    numLayers: 2,
    numHeads: 4,
    eosTokenId: 59,
  });
const MODELS = { gpt2, llama, t5 };
const PROMPTS = [[2, 7, 3], [5], [9, 8, 7, 6, 5, 4, 3, 2, 1, 11, 12], [13, 13]];
const int32 = (ids: readonly (readonly number[])[]): Tensor => tensor(ids as never, { dtype: 'int32' });

type Writer = GPT2LMHeadModel | LlamaForCausalLM | T5ForConditionalGeneration;

/** The best tokens after each of a text's tokens, computed at once, without a cache. */
async function bestAfter(
  model: Writer,
): Promise<(prompt: readonly number[], ids: readonly number[]) => Promise<number[]>> {
  const text = spec([1, 'time'], 'int32');
  const decoded = { decoderInputIds: spec([1, 'target'], 'int32') };
  const run =
    model instanceof T5ForConditionalGeneration
      ? await compile(model, { text, decoded })
      : await compile(model, { text });
  return async (prompt, ids) => {
    const isT5 = model instanceof T5ForConditionalGeneration;
    const logits = isT5
      ? await run(int32([prompt]), { decoderInputIds: int32([[0, ...ids]]) })
      : await run(int32([[...prompt, ...ids]]));
    const best = [...(await data(argmax(logits, { axis: -1 })))].map(Number);
    return best.slice(isT5 ? 0 : prompt.length - 1, -1);
  };
}

describe.each(Object.entries(MODELS))('%s', (_, make) => {
  test('writes what it says without a cache, in a batch and in pieces', { timeout: 60_000 }, async () => {
    const model = make();
    const options = { maxNewTokens: 8, eosTokenId: null };
    const { sequences: expected } = await generate(model, PROMPTS, options);
    const after = await bestAfter(model);
    for (const [index, prompt] of PROMPTS.entries())
      expect(await after(prompt, expected[index]!)).toEqual(expected[index]);
    expect((await generate(model, PROMPTS, { ...options, prefillChunkSize: 2 })).sequences).toEqual(expected);
    for (const [index, prompt] of PROMPTS.entries()) {
      expect((await generate(model, [prompt], options)).sequences).toEqual([expected[index]]);
    }
  });
});

test('rows end on their own: at an end, where asked, at their length', async () => {
  const model = gpt2();
  const { sequences } = await generate(model, PROMPTS, { maxNewTokens: 8 });
  const end = sequences[0]![2]!;
  const cut = (row: readonly number[]): readonly number[] =>
    row.includes(end) ? row.slice(0, row.indexOf(end) + 1) : row;
  const ended = await generate(model, PROMPTS, { maxNewTokens: 8, eosTokenId: [end, 59] });
  expect(ended.sequences).toEqual(sequences.map(cut));
  expect(ended.finishReasons).toEqual(sequences.map((row) => (row.includes(end) ? 'eos' : 'length')));
  const asked: [number, number][] = [];
  const stopped = await generate(model, PROMPTS, {
    maxNewTokens: 3,
    stopWhen: (row, tokens) => {
      asked.push([row, tokens.length]);
      return row === 1 && tokens.length === 2;
    },
  });
  expect(stopped.sequences.map(({ length }) => length)).toEqual([3, 2, 3, 3]);
  expect(stopped.finishReasons).toEqual(['length', 'stop', 'length', 'length']);
  expect(asked).toHaveLength(11);
});

test('rows that have ended are computed no more, unless their cache is wanted', async () => {
  const model = gpt2();
  const prompts = [...PROMPTS, ...PROMPTS.map((row) => [...row, 17])];
  const lengths = [2, 9, 1, 4, 9, 3, 1, 6];
  const stopWhen = (row: number, tokens: readonly number[]): boolean => tokens.length === lengths[row];
  const step = vi.spyOn(StepProgram.prototype, 'step');
  const batches = (): unknown[] => step.mock.calls.map(([{ shape }]) => shape[0]);
  try {
    const { sequences } = await generate(model, prompts, { maxNewTokens: 9, stopWhen });
    const alone = await Promise.all(prompts.map((row) => generate(model, [row], { maxNewTokens: 9 })));
    expect(sequences).toEqual(alone.map((one, row) => one.sequences[0]!.slice(0, lengths[row])));
    step.mockClear();
    // Of 8 rows 6, 5, 4, 3, 3, 2, … go on: half of them are left behind, and half of those again.
    await generate(model, prompts, { maxNewTokens: 9, stopWhen, doSample: true, seed: 1 });
    expect(batches()).toEqual([8, 8, 8, 4, 4, 4, 2, 2, 2]);
    step.mockClear();
    const { promptCache } = await generate(model, prompts, { maxNewTokens: 9, stopWhen, returnCache: true });
    expect(batches()).toEqual([8, 8, 8, 8, 8, 8, 8, 8, 8]);
    expect(promptCache!.ids.map(({ length }) => length)).toEqual(
      prompts.map((row, at) => row.length + lengths[at]! - 1),
    );
    promptCache!.dispose();
  } finally {
    step.mockRestore();
  }
});

test.each(Object.entries(MODELS))('rows of %s are drawn as alone, also where others have ended', async (_, make) => {
  const model = make();
  const prompts = [...PROMPTS, ...PROMPTS.map((row) => [...row, 17])];
  const lengths = [2, 9, 1, 4, 9, 3, 1, 6];
  const options = { maxNewTokens: 9, eosTokenId: null, temperature: 1.5, topK: 0 };
  const stopWhen = (row: number, tokens: readonly number[]): boolean => tokens.length === lengths[row];
  const { sequences, seeds } = await generate(model, prompts, { ...options, stopWhen, seed: 5 });
  for (const [row, prompt] of prompts.entries()) {
    const alone = await generate(model, [prompt], { ...options, seed: [seeds![row]!] });
    expect(sequences[row]).toEqual(alone.sequences[0]!.slice(0, lengths[row]));
  }
});

test('the context of learned positions ends a row', async () => {
  const model = gpt2();
  const { sequences, finishReasons } = await generate(model, [PROMPTS[2]!, [1]], { maxNewTokens: 50 });
  expect(sequences.map(({ length }) => length)).toEqual([13, 23]);
  expect(finishReasons).toEqual(['length', 'length']);
  await expect(generate(model, [Array.from({ length: 25 }, () => 1)])).rejects.toThrow(
    /Got 25 tokens; expected at most 24/,
  );
});

test('a token comes as soon as it is there, undefined where a row has ended', async () => {
  const steps = generateSteps(gpt2(), [[1], [2]], { maxNewTokens: 3, stopWhen: (row) => row === 0, logProbs: 2 });
  const seen = [];
  for (;;) {
    const { done, value } = await steps.next();
    if (done === true) {
      expect(value.sequences.map(({ length }) => length)).toEqual([1, 3]);
      expect(value.logProbs![1]!.map(({ token }) => token)).toEqual(value.sequences[1]);
      break;
    }
    seen.push(value);
  }
  expect(seen.map(({ tokens }) => tokens[0] === undefined)).toEqual([false, true, true]);
  expect(seen.map(({ finishReasons }) => finishReasons)).toEqual([
    ['stop', undefined],
    ['stop', undefined],
    ['stop', 'length'],
  ]);
  const { top, token, logProb } = seen[2]!.logProbs![1]!;
  expect(top).toHaveLength(2);
  expect(top[0]).toEqual({ token, logProb });
  expect(top[1]!.logProb).toBeLessThanOrEqual(logProb);
});

test('the same seed draws the same tokens, a seed of a row in every batch', async () => {
  const model = gpt2();
  const draw = async (
    prompts: readonly (readonly number[])[],
    options: GenerateOptions,
  ): Promise<readonly (readonly number[])[]> =>
    (await generate(model, prompts, { maxNewTokens: 8, temperature: 2, topK: 0, ...options })).sequences;
  const both = await draw([[1], [1]], { seed: 5 });
  expect(await draw([[1], [1]], { seed: 5 })).toEqual(both);
  expect(both[0]).not.toEqual(both[1]);
  expect(await draw([[1], [1]], { seed: 6 })).not.toEqual(both);
  expect(await draw([[1]], { seed: 5 })).toEqual([both[0]]);
  const { seeds, sequences } = await generate(model, [[1], [1], [2]], { maxNewTokens: 8, temperature: 2, topK: 0 });
  expect(await draw([[1], [1], [2]], { seed: seeds! })).toEqual(sequences);
  expect(await draw([[1]], { seed: seeds![1]! })).toEqual([sequences[1]]);
  const [third] = await draw([[1]], { seed: [7] });
  expect((await draw([[2], [3], [1]], { seed: [1, 2, 7] }))[2]).toEqual(third);
  const free = await generate(model, [[1]], { maxNewTokens: 8, temperature: 2 });
  expect(await draw([[1]], { seed: free.seeds![0]!, topK: 50 })).toEqual(free.sequences);
});

test('after a train step the new weights write, and nothing is traced again', async () => {
  const model = gpt2();
  const before = await generate(model, [[1, 2, 3]], { maxNewTokens: 6 });
  const forward = vi.spyOn(GPT2Model.prototype, 'forward');
  const optimizers = { model: adamW({ learningRate: 0.05 }) };
  const step = trainStep({ models: { model }, optimizers }, (of, { x }: { readonly x: Tensor }) => ({
    losses: { model: nextToken(of.model.forward(x), x) },
  }));
  const ids = int32([[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
  for (let count = 0; count < 40; count += 1) await step({ x: ids });
  model.train();
  const calls = forward.mock.calls.length;
  const after = await generate(model, [[1, 2, 3]], { maxNewTokens: 6 });
  expect(forward.mock.calls.length).toBe(calls);
  forward.mockRestore();
  expect(before.sequences).not.toEqual(after.sequences);
  expect(await (await bestAfter(model))([1, 2, 3], after.sequences[0]!)).toEqual(after.sequences[0]);
  expect(model.training).toBe(true);
});

test('what a cache holds of a prompt is not computed again, and never of other weights', async () => {
  const model = llama();
  const first = await generate(model, [[2, 7, 3]], { maxNewTokens: 4, returnCache: true });
  const longer = [
    [2, 7, 3, ...first.sequences[0]!, 9],
    [2, 7, 8],
  ];
  const expected = await generate(model, longer, { maxNewTokens: 4 });
  const options = { maxNewTokens: 4, promptCache: first.promptCache };
  const step = vi.spyOn(StepProgram.prototype, 'step');
  const lengths = async (call: GenerateOptions): Promise<unknown[]> => {
    step.mockClear();
    await generate(model, longer, call);
    return step.mock.calls.map(([ids]) => ids.shape[1]);
  };
  expect(await lengths({ maxNewTokens: 4 })).toEqual([8, 1, 1, 1]);
  expect(await lengths(options)).toEqual([2, 1, 1, 1]); // Its last token was not computed yet.
  expect((await generate(model, longer, options)).sequences).toEqual(expected.sequences);
  expect((await generate(model, longer, options)).sequences).toEqual(expected.sequences);
  expect(first.promptCache!.ids).toEqual([[2, 7, 3, ...first.sequences[0]!.slice(0, -1)]]);
  for (const parameter of model.parameters()) parameter.assign(neg(parameter.value));
  const other = await generate(model, longer, { maxNewTokens: 4 });
  expect(await lengths(options)).toEqual([8, 1, 1, 1]);
  step.mockRestore();
  expect((await generate(model, longer, options)).sequences).toEqual(other.sequences);
});

test('weights that change in a generation end it, and its cache is of those before', async () => {
  const model = llama();
  const steps = generateSteps(model, [[1, 2]], { maxNewTokens: 3 });
  await steps.next();
  const last = generateSteps(model, [[1, 2]], { maxNewTokens: 1, returnCache: true });
  await last.next();
  for (const parameter of model.parameters()) parameter.assign(neg(parameter.value));
  const expected = await generate(model, [[1, 2, 3]], { maxNewTokens: 3 });
  await expect(steps.next()).rejects.toThrow(/the model has other weights/);
  const { promptCache } = (await last.next()).value as GenerateResult;
  expect(await generate(model, [[1, 2, 3]], { maxNewTokens: 3, promptCache })).toEqual(expected);
  const rows = generate(model, [[1], [2]], {
    promptCache: (await generate(model, [[1], [2], [3]], { maxNewTokens: 1, returnCache: true })).promptCache,
  });
  await expect(rows).rejects.toThrow(/the promptCache has other rows. Got 3 for a batch of 2/);
});

test('a model that is freed while it is compiled is free afterwards', async () => {
  const model = gpt2();
  const writing = generate(model, [[1]], { maxNewTokens: 2 }).catch((error: unknown) => error);
  await releaseGeneration(model);
  expect(String(await writing)).toMatch(/while a generation was on its way/);
  expect((await generate(model, [[1]], { maxNewTokens: 2 })).sequences[0]).toHaveLength(2);
});

test('a model is freed on every backend, whichever is the default then', async () => {
  const model = gpt2();
  const first = await generate(model, [[1]], { maxNewTokens: 1 });
  const before = getDefaultBackend();
  await using other = await nodeBackend({ device: 'cpu', threads: 1 });
  const dispose = vi.spyOn(StepProgram.prototype, 'dispose');
  setDefaultBackend(other);
  try {
    await generate(model, [[1]], { maxNewTokens: 1 });
    await releaseGeneration(model);
    expect(dispose).toHaveBeenCalledTimes(2);
  } finally {
    setDefaultBackend(before);
    dispose.mockRestore();
  }
  expect(await generate(model, [[1]], { maxNewTokens: 1 })).toEqual(first);
});

test('a model is freed, and compiled again', async () => {
  const model = t5();
  const before = await generate(model, [[5, 6]], { maxNewTokens: 3 });
  const steps = generateSteps(model, [[5, 6]], { maxNewTokens: 3 });
  await steps.next();
  await releaseGeneration(model);
  await expect(steps.next()).rejects.toThrow(/releaseGeneration\(model\) while a generation was on its way/);
  expect((await generate(model, [[5, 6]], { maxNewTokens: 3 })).sequences).toEqual(before.sequences);
  await expect(generate(model, [[5], []])).rejects.toThrow(/a text is empty. Got no tokens in row 1/);
  await expect(generate(model, [[5]], { returnCache: true })).rejects.toThrow(
    /a model with an encoder has no prompt to keep/,
  );
  await expect(generate(model, [[5]], { decoderStartTokenId: 60 })).rejects.toThrow(/Got 60 in decoderStartTokenId/);
});

test('a signal ends it with its reason', async () => {
  const controller = new AbortController();
  const steps = generateSteps(gpt2(), [[1]], { maxNewTokens: 9, signal: controller.signal });
  await steps.next();
  controller.abort(new Error('enough'));
  await expect(steps.next()).rejects.toThrow('enough');
  await expect(generate(gpt2(), [[1]], { signal: AbortSignal.abort(new Error('at once')) })).rejects.toThrow('at once');
});

test('a temperature near 0 takes the best token', async () => {
  const model = gpt2();
  const { sequences } = await generate(model, PROMPTS, { maxNewTokens: 4 });
  for (const temperature of [1e-38, 1e-60]) {
    expect((await generate(model, PROMPTS, { maxNewTokens: 4, temperature, topP: 0.9 })).sequences).toEqual(sequences);
    const all = { maxNewTokens: 4, temperature, topK: 0, minP: 0.1, typicalP: 0.9 };
    expect((await generate(model, PROMPTS, all)).sequences).toEqual(sequences);
  }
});

describe('what cannot be honoured throws', () => {
  test.each([
    [{ topp: 0.9 }, /Did you mean 'topP'/],
    [{ top_k: 4 }, /Did you mean 'topK'/],
    [{ temperature: -1 }, /temperature does not fit. Got -1/],
    [{ topP: 1.5 }, /topP does not fit/],
    [{ topK: 2.5 }, /topK does not fit/],
    [{ doSample: false, topP: 0.5 }, /Got doSample false and topP 0.5/],
    [{ temperature: 0, topK: 5 }, /Got temperature 0 and topK 5/],
    [{ temperature: 0, doSample: true }, /Got temperature 0 and doSample true/],
    [{ logitBias: { 5: 1e39 } }, /Got Infinity for token 5/],
    [{ logitBias: { 5: 1e39 }, doSample: true }, /Got Infinity for token 5/],
    [{ maxNewTokens: -1 }, /maxNewTokens does not fit/],
    [{ logitBias: new Map([[5, 1]]) }, /logitBias does not fit/],
    [{ logitBias: { '': 1 } }, /logitBias does not fit/],
    [{ logitBias: { 60: 1 } }, /Got 60 in logitBias; expected whole numbers from 0 to 59/],
    [{ badWordsIds: [[1, 60]] }, /Got 60 in badWordsIds/],
    [{ forcedEosTokenId: 60 }, /Got 60 in forcedEosTokenId/],
    [{ suppressTokens: [60] }, /Got 60 in suppressTokens/],
    [{ promptCache: {} }, /promptCache does not fit/],
    [{ badWordsIds: [[]] }, /badWordsIds does not fit/],
    [{ logitBias: { x: 1 } }, /logitBias does not fit/],
    [{ seed: [1, 2] }, /Got 2 for 1 rows/],
    [{ stopWhen: 'x' }, /stopWhen does not fit/],
    [{ logProbs: -1 }, /logProbs does not fit/],
    [{ suppressTokens: Array.from({ length: 60 }, (_, id) => id) }, /no token is left/],
  ])('%o', async (options, message) => {
    const sampled = 'seed' in options ? { ...options, doSample: true } : options;
    await expect(generate(gpt2(), [[1]], { maxNewTokens: 1, ...sampled } as never)).rejects.toThrow(message);
  });

  test.each<[unknown, RegExp, GenerateOptions?]>([
    [[[60]], /Got 60 in row 0; expected whole numbers from 0 to 59/],
    [[[1], []], /Got no tokens in row 1 and no bosTokenId/],
    [[], /inputIds does not fit/],
    [[[]], /Got 60 in bosTokenId/, { bosTokenId: 60 }],
    [[1, 2], /inputIds does not fit. Got \[1,2\]; expected a list of lists of token ids, one for each row: \[ids\]/],
  ])('ids %o', async (ids, message, options = {}) => {
    await expect(generate(gpt2(), ids as never, options)).rejects.toThrow(message);
  });

  test('a model without a head, and scores that are none', async () => {
    await expect(generate(gpt2().transformer as never, [[1]])).rejects.toThrow(
      /Got GPT2Model; expected a language model/,
    );
    const model = gpt2();
    model
      .namedParameters()
      .get('transformer.ln_f.bias')!
      .assign(tensor(new Float32Array(16).fill(NaN)));
    await expect(generate(model, [[1]])).rejects.toThrow(/scores are no numbers/);
  });

  test.each([{}, { temperature: 1 }])('an infinite score, %o', async (options) => {
    const model = llama();
    const head = model.namedParameters().get('lm_head.weight')!;
    head.assign(tensor(new Float32Array(60 * 16).fill(3e38), { shape: [60, 16] }));
    const norm = model.namedParameters().get('model.norm.weight')!;
    norm.assign(tensor(Float32Array.from({ length: 16 }, (_, at) => (at === 0 ? 1e30 : 0))));
    // Whichever sign the only feature has, one of these is infinite.
    for (const prompt of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const error: unknown = await generate(model, [[prompt]], { ...options, maxNewTokens: 1 }).catch(
        (e: unknown) => e,
      );
      if (error instanceof Error && error.message.includes('Got Infinity')) return;
    }
    expect.unreachable();
  });
});

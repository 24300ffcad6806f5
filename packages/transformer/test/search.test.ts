import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { GPT2LMHeadModel, LlamaForCausalLM, generate, generateSteps } from '../src/index.ts';
import type { GenerateOptions } from '../src/index.ts';
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
const PROMPTS = [[2, 7, 3], [5], [9, 8, 7, 6, 5, 4, 3, 2, 1, 11, 12], [13, 13]];

test('several answers to each prompt, which is read once: those of the prompt given several times', async () => {
  const model = gpt2();
  const options = { maxNewTokens: 6, doSample: true, seed: [1, 2, 3, 4, 5, 6, 7, 8], eosTokenId: null };
  const step = vi.spyOn(StepProgram.prototype, 'step');
  const { sequences, seeds } = await generate(model, PROMPTS, { ...options, numReturnSequences: 2 });
  expect(step.mock.calls.map(([ids]) => ids.shape[0])).toEqual([4, 8, 8, 8, 8, 8]);
  step.mockRestore();
  const twice = PROMPTS.flatMap((prompt) => [prompt, prompt]);
  expect({ sequences, seeds }).toEqual(
    await generate(model, twice, options).then((all) => ({ sequences: all.sequences, seeds: all.seeds })),
  );
  const none = await generate(model, PROMPTS, { maxNewTokens: 0, doSample: true, numReturnSequences: 2 });
  expect(none.sequences).toEqual(twice.map(() => []));
});

test('drawn beams are the same for the same seed, in a batch too; without new tokens there is nothing to look for', async () => {
  const model = llama();
  const options = { maxNewTokens: 5, numBeams: 3, numReturnSequences: 2, doSample: true, topK: 20 } as const;
  const all = await generate(model, PROMPTS, { ...options, seed: [4, 5, 6, 7] });
  expect(all.seeds).toEqual([4, 5, 6, 7]);
  expect((await generate(model, [PROMPTS[2]!], { ...options, seed: 6 })).sequences).toEqual(all.sequences.slice(4, 6));
  const none = await generate(model, [[2, 7]], { maxNewTokens: 0, numBeams: 3 });
  expect(none).toMatchObject({ sequences: [[]], finishReasons: ['length'] });
});

test('steps of a search cannot be shown', async () => {
  await expect(generateSteps(gpt2(), PROMPTS, { numBeams: 2 }).next()).rejects.toThrow(/Got numBeams 2; expected 1/);
});

test('a penalty that float32 holds for 0 is refused where a score above 0 is divided by it', async () => {
  const all = Array.from({ length: 20 }, (_, token) => token); // Some of them have one.
  await expect(generate(gpt2(), [all], { repetitionPenalty: 1e-46 })).rejects.toThrow(/a score is no finite number/);
});

describe('what cannot be honoured throws', () => {
  test('a class in the place of a model', async () => {
    await expect(generate(GPT2LMHeadModel as never, [[1]])).rejects.toThrow(
      'Got the class or function GPT2LMHeadModel',
    );
    expect(() => gpt2().savePretrained(undefined as never)).toThrow(
      'savePretrained: folder does not fit. Got undefined',
    );
  });

  test.each([
    [{ numBeams: 0 }, /numBeams does not fit. Got 0; expected a whole number from 1 to 1024/],
    [{ lengthPenalty: 2 }, /there is no search. Got lengthPenalty 2 without beams/],
    [{ numBeams: 4, earlyStopping: 'soon' }, /earlyStopping does not fit. Got "soon"; expected true, false or 'never'/],
    [{ numBeams: 4, numBeamGroups: 3, diversityPenalty: 1 }, /Got 4 beams in 3 groups/],
    [{ numBeams: 4, numBeamGroups: 2 }, /Got diversityPenalty 0/],
    [{ numBeams: 4, diversityPenalty: 1 }, /diversityPenalty needs groups/],
    [{ numBeams: 4, numBeamGroups: 2, diversityPenalty: 1, doSample: true }, /Got doSample and numBeamGroups/],
    [{ numBeams: 2, numReturnSequences: 3 }, /Got numReturnSequences 3 of 2/],
    [{ numBeams: 2, returnCache: true }, /a search keeps no cache/],
    [{ numBeams: 64, numReturnSequences: 64, maxNewTokens: 1 }, /Got 60 ways to go on with prompt 0; expected 64/],
    [{ numReturnSequences: 2 }, /all answers would be the same/],
  ])('%o', async (options, message) => {
    await expect(generate(gpt2(), PROMPTS, options as GenerateOptions)).rejects.toThrow(message);
  });
});

import { getDefaultBackend, setDefaultBackend } from '@gai/core';
import type { Backend } from '@gai/core/backend';
import { nodeBackend } from '@gai/backend-node';
import { beforeAll, expect, test, vi } from 'vitest';
import {
  GPT2LMHeadModel,
  LlamaForCausalLM,
  T5ForConditionalGeneration,
  generate,
  generateSteps,
} from '../src/index.ts';
import { StepProgram } from '../src/generation/step-program.ts';
import { Abacus } from '../../backend-node/test/abacus.ts';
import { watch } from './moved.ts';

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
const PROMPTS = [[2, 7, 3], [5], [9, 8, 7, 6, 5, 4, 3, 2, 1, 11, 12], [13, 13]];

test.each(Object.entries({ gpt2, llama, t5 }))(
  'where tensors lie on a device, a token of %s moves no keys',
  async (_, make) => {
    const model = make();
    const options = { maxNewTokens: 4, eosTokenId: null };
    const { sequences } = await generate(model, PROMPTS, options);
    const before = getDefaultBackend();
    // It does not say that its tensors are in the memory of the host.
    const other: Backend = new Abacus(await nodeBackend({ device: 'cpu', threads: 1 }), before.capabilities);
    const moved = watch(other);
    setDefaultBackend(other);
    try {
      const written: (number | undefined)[][] = PROMPTS.map(() => []);
      let isPrompt = true;
      for await (const { tokens } of generateSteps(model, PROMPTS, options)) {
        for (const [row, token] of tokens.entries()) written[row]!.push(token);
        // Up: a token, a count and places of each row; down: the best token and a sum. Keys are 128 bytes a token and layer at least.
        if (!isPrompt)
          expect([moved.up, moved.down].map((bytes) => bytes / PROMPTS.length <= 32)).toEqual([true, true]);
        isPrompt = false;
        Object.assign(moved, { up: 0, down: 0 });
      }
      expect(written).toEqual(sequences);
      expect(moved.down).toBe(0);
    } finally {
      setDefaultBackend(before);
      await other.dispose();
    }
  },
);

test('a long prompt is read in pieces of bounded length', async () => {
  const step = vi.spyOn(StepProgram.prototype, 'step');
  await generate(llama(), [Array.from({ length: 1030 }, (_, at) => at % 60)], { maxNewTokens: 1 });
  await generate(llama(), [PROMPTS[2]!], { maxNewTokens: 2, prefillChunkSize: 4 });
  const lengths = step.mock.calls.map(([ids]) => ids.shape[1]);
  step.mockRestore();
  expect(lengths).toEqual([512, 512, 6, 4, 4, 3, 1]);
});

import { data, jit, logSoftmax, setDefaultBackend, tensor, toArray } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { manualSeed } from '@gai/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { LlamaForCausalLM, generate, rotaryAngles } from '../src/index.ts';
import type { GenerateOptions, RopeParameters, ScoredToken } from '../src/index.ts';

beforeAll(async () => setDefaultBackend(await nodeBackend({ threads: 1 })));

/** Kinds whose angles are others in texts of more than 8 tokens. */
const KINDS: Record<string, RopeParameters> = {
  dynamic: { ropeType: 'dynamic', ropeTheta: 100, factor: 8 },
  longrope: {
    ropeType: 'longrope',
    ropeTheta: 100,
    factor: 2,
    originalMaxPositionEmbeddings: 8,
    shortFactor: [1, 1.5, 1, 2],
    longFactor: [3, 1, 5, 9],
  },
};

const modelOf = (ropeParameters: RopeParameters): LlamaForCausalLM => {
  manualSeed(5);
  return new LlamaForCausalLM({
    vocabSize: 31,
    hiddenSize: 16,
    intermediateSize: 24,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    maxPositionEmbeddings: 8,
    initializerRange: 0.6,
    ropeParameters,
  }).eval();
};

const idsOf = (length: number, seed: number): number[] => Array.from({ length }, (_, at) => (7 * at * at + seed) % 31);
const LONG = idsOf(13, 3);
const PROMPTS = [LONG, idsOf(2, 4), idsOf(6, 9), idsOf(8, 1)];
const OPTIONS: GenerateOptions = { maxNewTokens: 5, logProbs: 0 };

const flat = (rows: readonly (readonly ScoredToken[])[]): number[] => rows.flat().map(({ logProb }) => logProb);
const near = (found: readonly number[], expected: readonly number[]): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, at) => expect(value).toBeCloseTo(expected[at]!, 4));
};

describe.each(Object.entries(KINDS))('%s rotary positions, in texts beyond the context', (_, parameters) => {
  it('are those of each row, whatever else is in the batch', async () => {
    const model = modelOf(parameters);
    const together = await generate(model, PROMPTS, OPTIONS);
    const alone = await Promise.all(PROMPTS.map((prompt) => generate(model, [prompt], OPTIONS)));
    expect(together.sequences).toEqual(alone.map(({ sequences }) => sequences[0]));
    near(flat(together.logProbs!), flat(alone.map(({ logProbs }) => logProbs![0]!)));
  });

  it('are those of the whole prompt, which is not cut', async () => {
    const model = modelOf(parameters);
    const { sequences, logProbs } = await generate(model, [LONG], { ...OPTIONS, maxNewTokens: 1 });
    const whole = logSoftmax(model.forward(tensor([LONG], { dtype: 'int32' })), { axis: -1 });
    const last = ((await toArray(whole)) as number[][][])[0]!.at(-1)!;
    expect(logProbs![0]![0]!.logProb).toBeCloseTo(last[sequences[0]![0]!]!, 4);
    await expect(generate(model, [LONG], { prefillChunkSize: 4 })).rejects.toThrow(
      /^generate: this prompt cannot be computed in pieces\. Got prefillChunkSize 4 for 13 tokens; .* longer than 8\./,
    );
    const pieces = await generate(model, PROMPTS.slice(1), { ...OPTIONS, prefillChunkSize: 3 });
    near(flat(pieces.logProbs!), flat((await generate(model, PROMPTS.slice(1), OPTIONS)).logProbs!));
  });

  it('are not taken from the cache of a text of another length', async () => {
    const model = modelOf(parameters);
    const expected = await generate(model, [LONG], OPTIONS);
    for (const [prompt, maxNewTokens] of [
      [LONG.slice(0, 6), 0],
      [LONG.slice(0, 12), 1],
    ] as const) {
      const { promptCache } = await generate(model, [prompt], { maxNewTokens, returnCache: true });
      near(flat((await generate(model, [LONG], { ...OPTIONS, promptCache })).logProbs!), flat(expected.logProbs!));
    }
    const short = LONG.slice(0, 5);
    const { promptCache } = await generate(model, [LONG], { maxNewTokens: 1, returnCache: true });
    const found = await generate(model, [short], { ...OPTIONS, promptCache });
    near(flat(found.logProbs!), flat((await generate(model, [short], OPTIONS)).logProbs!));
  });

  it('are each row’s own in a graph too', async () => {
    const positions = tensor(
      [
        [0, 1, 2],
        [7, 8, 20],
      ],
      { dtype: 'int32' },
    );
    const angles = (rows: typeof positions) => rotaryAngles(rows, 8, { ...parameters, maxPositionEmbeddings: 8 }).cos;
    const both = (await data(await jit(angles)(positions))) as Float32Array;
    const first = (await data(angles(tensor([[0, 1, 2]], { dtype: 'int32' })))) as Float32Array;
    const second = (await data(angles(tensor([[7, 8, 20]], { dtype: 'int32' })))) as Float32Array;
    expect([...both]).toEqual([...first, ...second]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { tryModel } from '@gai/hub/node';
import { expect, test } from 'vitest';
import { LlamaForCausalLM, generate, releaseGeneration } from '../src/index.ts';
import { TOLERANCE } from './families.ts';

interface Prompt {
  readonly prompt: string;
  readonly input_ids: readonly number[];
  readonly greedy_ids: readonly number[];
  readonly top5_first: readonly (readonly [id: number, logit: number])[];
}

/** What transformers gave for this file; fixtures/make_real_models.py wrote it. */
const { smollm2: reference } = JSON.parse(
  readFileSync(new URL('fixtures/real-models.json', import.meta.url), 'utf8'),
) as { readonly smollm2: { readonly chat: readonly Prompt[]; readonly raw: readonly Prompt[] } };

const smollm2 = await tryModel('smollm2');

test.skipIf(smollm2 === undefined)(
  'SmolLM2-135M-Instruct goes on as in transformers, all prompts in one batch',
  { timeout: 300_000 },
  async () => {
    setDefaultBackend(await nodeBackend());
    const model = await LlamaForCausalLM.fromPretrained(join(smollm2!.folder, 'SmolLM2-135M-Instruct.Q4_1.gguf'));
    const prompts = [...reference.chat, ...reference.raw];
    const { sequences, logProbs, finishReasons } = await generate(
      model,
      prompts.map(({ input_ids }) => input_ids),
      { maxNewTokens: 40, logProbs: 2 },
    );
    await releaseGeneration(model);
    let same = 0;
    for (const [row, { greedy_ids: expected, top5_first }] of prompts.entries()) {
      const found = sequences[row]!;
      const place = found.findIndex((id, at) => id !== expected[at]);
      if (place < 0) {
        expect(found).toEqual(expected);
        expect(finishReasons[row]).toBe(expected.length < 40 ? 'eos' : 'length'); // What ends a text is in the file.
        same += 1;
        continue;
      }
      // As far as two libraries can agree: where the lead is within the tolerance of the scores, either may win.
      const [first, second] = logProbs![row]![place]!.top;
      expect(first!.logProb - second!.logProb, prompts[row]!.prompt).toBeLessThan(2 * TOLERANCE * top5_first[0]![1]);
    }
    expect(same).toBeGreaterThanOrEqual(7);
  },
);

import { readFileSync } from 'node:fs';
import { nodeBackend } from '@gai/backend-node';
import { setDefaultBackend } from '@gai/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AutoModelForCausalLM,
  BertForMaskedLM,
  GPT2LMHeadModel,
  T5ForConditionalGeneration,
  perplexity,
} from '../src/index.ts';
import type { PerplexityOptions, ScoringModel } from '../src/index.ts';
import { folderOf } from './fixture.ts';
import type { Case } from './fixture.ts';

interface Walk {
  readonly ids: readonly number[];
  readonly window: number;
  readonly stride: number;
  readonly nats: number;
}

/** What Python gave; fixtures/make_perplexity.py wrote it. */
const { cases } = JSON.parse(readFileSync(new URL('fixtures/perplexity.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly (Case & { readonly walks: readonly Walk[] })[];
};

beforeAll(async () => setDefaultBackend(await nodeBackend()));

describe.each(cases)('$class: the nats of the reference', (one) => {
  it.each(one.walks)('of $ids.length tokens in windows of $window, $stride apart', async ({ ids, nats, ...sizes }) => {
    const model = await AutoModelForCausalLM.fromPretrained('model', { storage: folderOf(one) });
    const parts: number[] = [];
    const score = await perplexity(model, ids, {
      window: sizes.window,
      stride: sizes.stride,
      onProgress: (part) => parts.push(part),
    });
    expect(Math.abs(score.nats / nats - 1)).toBeLessThan(1e-5);
    expect(score.tokens).toBe(ids.length - 1);
    expect(score.natsPerToken).toBe(score.nats / score.tokens);
    expect(score.perplexity).toBe(Math.exp(score.natsPerToken));
    expect(parts.at(-1)).toBe(1);
  });
});

const tiny = (): GPT2LMHeadModel =>
  new GPT2LMHeadModel({ vocabSize: 9, nPositions: 8, nEmbd: 8, nLayer: 1, nHead: 2, embdPdrop: 0.5 });

it('is of the model without dropout, which goes on as it was', async () => {
  const model = tiny().train();
  const ids = [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3];
  const [first, second] = [await perplexity(model, ids), await perplexity(model, ids)];
  expect(first).toEqual(second);
  expect(model.training).toBe(true);
});

it.each<[string, unknown, object, string]>([
  ['one token', [1], {}, 'Got 1 tokens; expected a list of two tokens or more'],
  ['no list', 'a text', {}, 'Got string'],
  ['a token that there is not', [1, 9], {}, 'Got 9; expected whole numbers from 0 to 8'],
  ['half a token', [1, 0.5], {}, 'Got 0.5'],
  ['a window of more than there are positions', [1, 2], { window: 9 }, 'Got 9; expected a whole number from 2 to 8'],
  ['a window of one', [1, 2], { window: 1 }, 'window is out of range'],
  ['windows that do not overlap', [1, 2], { stride: 8 }, 'Got 8; expected a whole number from 1 to 7'],
  ['no stride', [1, 2], { stride: 0 }, 'stride is out of range'],
  ['an option of another name', [1, 2], { maxLength: 3 }, 'maxLength'],
])('refuses %s', async (_, ids, options, message) => {
  await expect(perplexity(tiny(), ids as number[], options as PerplexityOptions)).rejects.toThrow(message);
});

it('is of no model that sees what it is to foresee, or needs another text', async () => {
  const sizes = { hiddenSize: 8, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 8 };
  const bert = new BertForMaskedLM({ vocabSize: 9, ...sizes });
  const t5 = new T5ForConditionalGeneration({ vocabSize: 9, dModel: 8, dKv: 4, dFf: 8, numLayers: 1, numHeads: 2 });
  for (const [model, name] of [
    [bert, 'BertForMaskedLM'],
    [t5, 'T5ForConditionalGeneration'],
    [undefined, 'nothing'],
  ] as const) {
    await expect(perplexity(model as unknown as ScoringModel, [1, 2])).rejects.toThrow(
      `perplexity: this model does not foresee a text. Got ${name}`,
    );
  }
});

it('ends between two windows', async () => {
  const controller = new AbortController();
  const stopped = perplexity(tiny(), [1, 2, 3, 4, 5, 6, 7, 8, 1, 2], {
    stride: 1,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(stopped).rejects.toThrow('enough');
});

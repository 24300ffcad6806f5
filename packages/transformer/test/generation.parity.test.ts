import { readFileSync } from 'node:fs';
import { setDefaultBackend } from '@gai/core';
import { nodeBackend } from '@gai/backend-node';
import { webBackend } from '@gai/backend-web';
import { beforeAll, describe, expect, test } from 'vitest';
import { readGenerationConfig } from '../src/generation/read-generation-config.ts';
import { candidatesOf } from '../src/generation/scores/candidates.ts';
import { filtersOf, processorsOf } from '../src/generation/scores/pipeline.ts';
import { generate } from '../src/index.ts';
import type { CausalLanguageModel, GenerationSettings } from '../src/index.ts';
import { loadCase } from './families.ts';
import { readCases } from './fixture.ts';
import { recipeIntegers, recipeValues } from './recipe.ts';

interface Processed {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly size: number;
  readonly prompt: number;
  readonly new: number;
  readonly source: number;
  readonly max_length: number;
  /** null: −∞. */
  readonly expected: readonly (number | null)[];
}

interface Continued {
  readonly family: string;
  readonly name: string;
  readonly prompts: readonly (readonly number[])[];
  readonly runs: readonly {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly sequences: readonly (readonly number[])[];
    /** The smallest lead of a best token. */
    readonly margin: number;
  }[];
}

/** With beams: as many sequences for each prompt as are returned. */
interface Searched extends Pick<Continued, 'family' | 'name' | 'prompts'> {
  readonly runs: readonly {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly sequences: readonly (readonly number[])[];
    readonly scores: readonly number[];
  }[];
}

/** Written by fixtures/make_generation.py. */
const reference = JSON.parse(readFileSync(new URL('fixtures/generation.json', import.meta.url), 'utf8')) as {
  readonly processed: readonly Processed[];
  readonly continued: readonly Continued[];
  readonly searched: readonly Searched[];
};
/** Written by fixtures/make_beam_groups.py, by transformers 4.49: later ones have no groups. */
const grouped = JSON.parse(readFileSync(new URL('fixtures/beam-groups.json', import.meta.url), 'utf8')) as {
  readonly searched: readonly Searched[];
};

const settingsOf = (json: Readonly<Record<string, unknown>>): GenerationSettings => readGenerationConfig(json).settings;

describe('scores by each setting beside transformers', () => {
  test.each(reference.processed.map((one, index) => ({ ...one, index })))('$name', (one) => {
    const settings = settingsOf(one.settings);
    const ids = recipeIntegers(`generation/${one.index}/ids`, [1, one.prompt + one.new], 14)[0]!;
    const source =
      one.source > 0 ? recipeIntegers(`generation/${one.index}/source`, [1, one.source], 14)[0] : undefined;
    const scores = recipeValues(`generation/${one.index}`, [[1, one.size], 0, 4]);
    for (const process of processorsOf(settings))
      process(scores, { ids, promptLength: one.prompt, maxLength: one.max_length, source });
    let candidates = candidatesOf(scores);
    if (settings.doSample === true) for (const filter of filtersOf(settings)) candidates = filter(candidates);
    const kept = one.expected.flatMap((score, token) => (score === null ? [] : [token]));
    expect([...candidates.tokens]).toEqual(kept);
    for (const [place, token] of kept.entries()) expect(candidates.scores[place]).toBeCloseTo(one.expected[token]!, 6);
  });
});

test.each(reference.continued)(
  '$family $name on wasm',
  { timeout: 120_000 },
  async ({ family, name, prompts, runs }) => {
    setDefaultBackend(await webBackend({ device: 'wasm' }));
    const model = (await loadCase(
      readCases(family).find((each) => each.name === name)!,
    )) as unknown as CausalLanguageModel;
    expect((await generate(model, prompts, { maxNewTokens: 12 })).sequences).toEqual(runs[0]!.sequences);
  },
);

describe.each(reference.continued)('$family $name goes on as in transformers', ({ family, name, prompts, runs }) => {
  let model: CausalLanguageModel;
  beforeAll(async () => {
    setDefaultBackend(await nodeBackend());
    model = (await loadCase(readCases(family).find((each) => each.name === name)!)) as unknown as CausalLanguageModel;
  });

  test.each(runs)('$settings', async ({ settings, sequences, margin }) => {
    expect(margin).toBeGreaterThan(5e-4); // Else two libraries may differ.
    const options = { ...settingsOf(settings), maxNewTokens: 12 };
    expect((await generate(model, prompts, options)).sequences).toEqual(sequences);
    const alone = await generate(model, [prompts[2]!], { ...options, prefillChunkSize: 3 });
    expect(alone.sequences).toEqual([sequences[2]]);
  });
});

describe.each([...reference.searched, ...grouped.searched])(
  '$family $name by beams',
  ({ family, name, prompts, runs }) => {
    let model: CausalLanguageModel;
    beforeAll(async () => {
      setDefaultBackend(await nodeBackend());
      model = (await loadCase(readCases(family).find((each) => each.name === name)!)) as unknown as CausalLanguageModel;
    });

    test.each(runs)('$settings', async ({ settings, sequences, scores }) => {
      const options = { ...settingsOf(settings), maxNewTokens: 12 };
      const all = await generate(model, prompts, options);
      expect(all.sequences).toEqual(sequences);
      for (const [row, score] of scores.entries()) expect(all.sequenceScores![row]).toBeCloseTo(score, 3);
      const several = options.numReturnSequences ?? 1;
      const alone = await generate(model, [prompts[2]!], { ...options, prefillChunkSize: 3, logProbs: 1 });
      expect(alone.sequences).toEqual(sequences.slice(2 * several, 3 * several));
      expect(alone.logProbs!.map((row) => row.map(({ token }) => token))).toEqual(alone.sequences);
    });
  },
);

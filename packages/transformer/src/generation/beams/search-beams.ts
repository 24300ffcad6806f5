import { ArgumentError } from '@gai/core';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../../models/generative.ts';
import { begin } from '../begin.ts';
import type { Run } from '../begin.ts';
import type { GenerateOptions, GenerateResult } from '../generate-options.ts';
import type { Row } from '../row.ts';
import { rowsOf } from '../rows-of.ts';
import { listOf } from '../scores/pipeline.ts';
import { seedsOf } from '../scores/seeds-of.ts';
import { Beam } from './beam.ts';
import type { FinishedBeam } from './beam.ts';
import { BeamSearch } from './beam-search.ts';
import { Continuer } from './continuer.ts';

/** The groups of a prompt, which search one after another in each step. */
type Groups = readonly BeamSearch[];

/**
 * Goes on with each prompt by beams: the best continuations in the end, `numReturnSequences` of each prompt.
 * @param settings - Resolved, with `numBeams` above 1.
 */
export async function searchBeams(
  model: CausalLanguageModel | Seq2SeqLanguageModel,
  inputIds: readonly (readonly number[])[],
  settings: GenerateOptions,
): Promise<GenerateResult> {
  const rows = rowsOf(model, inputIds, settings);
  const seeds = settings.doSample === true ? seedsOf(settings.seed, rows.length) : undefined;
  const prompts = rows.map((row) => groupsOf(row, settings, seeds?.[row.index]));
  const run = await begin(model, rows, { settings, wantsScores: true });
  try {
    await search(run, rows, prompts);
    const found = prompts.flatMap((groups, prompt) => bestOf(groups, prompt, settings));
    return resultOf(found, settings, seeds);
  } finally {
    run.decoder.cache.dispose();
  }
}

function groupsOf(row: Row, settings: GenerateOptions, seed: number | undefined): Groups {
  const { numBeams = 1, numBeamGroups: groups = 1 } = settings;
  const width = numBeams / groups;
  const ends = new Set(listOf(settings.eosTokenId));
  const rules = { settings, width, ends, continuer: new Continuer(settings, { width, seed }) };
  return Array.from({ length: groups }, () => new BeamSearch(rules, row.index, new Beam(row, row.ids, row.index)));
}

/** Token by token, until every search is over. */
async function search({ decoder }: Run, rows: readonly Row[], prompts: readonly Groups[]): Promise<void> {
  let beams = beamsOf(prompts);
  if (beams.length === 0) return;
  let next = await decoder.feed(rows.map((row) => decoder.rest(row)));
  for (;;) {
    for (const groups of prompts) advance(groups, next.scores!);
    beams = beamsOf(prompts);
    if (beams.length === 0) return;
    await decoder.become(beams.map(({ row }) => row));
    for (const [row, beam] of beams.entries()) beam.row = row;
    next = await decoder.feed(beams.map(({ ids }) => ids.slice(-1)));
  }
}

const beamsOf = (prompts: readonly Groups[]): Beam[] =>
  prompts.flatMap((groups) => groups.flatMap((each) => each.beams));

/** Each group avoids what those before it have just gone on with. */
function advance(groups: Groups, scores: readonly Float32Array[]): void {
  const taken: number[] = [];
  for (const group of groups) taken.push(...group.advance(scores, taken));
}

/** The best of all groups. */
function bestOf(groups: Groups, prompt: number, { numReturnSequences: count = 1 }: GenerateOptions): FinishedBeam[] {
  const all = groups.flatMap(({ finished }) => finished);
  if (all.length < count && all[0]?.beam.written.length !== 0) throw tooFew(all.length, prompt, count);
  const sorted = all.toSorted((one, other) => other.rank - one.rank);
  return Array.from({ length: count }, (_, place) => sorted[place] ?? sorted[0]!);
}

// oxlint-disable-next-line max-params -- what there is of each.
function resultOf(
  found: readonly FinishedBeam[],
  { logProbs }: GenerateOptions,
  seeds: readonly number[] | undefined,
): GenerateResult {
  return {
    sequences: found.map(({ beam }) => beam.written),
    finishReasons: found.map(({ end }) => end),
    sequenceScores: found.map(({ rank }) => rank),
    ...(logProbs === undefined ? {} : { logProbs: found.map(({ beam }) => beam.scored) }),
    ...(seeds === undefined ? {} : { seeds }),
  };
}

// oxlint-disable-next-line max-params -- one sentence.
const tooFew = (got: number, prompt: number, count: number): ArgumentError =>
  new ArgumentError(
    `generate: a search has found too little. Got ${got} ways to go on with prompt ${prompt}; expected ${count}. Loosen noRepeatNgramSize, ` +
      `badWordsIds, suppressTokens or minNewTokens, or ask for fewer.`,
    { op: 'generate', details: { prompt, got, count } },
  );

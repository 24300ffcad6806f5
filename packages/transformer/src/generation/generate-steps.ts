import { ArgumentError } from '@gai/core';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { begin } from './begin.ts';
import type { Run } from './begin.ts';
import { callSettings, isSearch } from './call-settings.ts';
import type { Decoder, NextTokens } from './decoder.ts';
import type {
  GenerateOptions,
  GenerateResult,
  GenerationEnd,
  GenerationStep,
  ScoredToken,
} from './generate-options.ts';
import { PromptCache } from './prompt-cache.ts';
import { Row } from './row.ts';
import { rowsOf } from './rows-of.ts';
import { listOf } from './scores/pipeline.ts';
import { TokenChooser } from './token-chooser.ts';

/**
 * Writes token by token: as {@link generate}, with each token as soon as it is there. What the generator returns in the end is the
 * result of `generate`; leaving the loop ends the generation.
 * @param model - A language model of this package.
 * @param inputIds - The prompts, or the texts for an encoder; of any lengths, nothing filled up.
 * @param options - See {@link GenerateOptions}.
 * @throws {@link ArgumentError} as `generate` does, and for beams, which have no steps to show.
 * @example
 * const model = new GPT2LMHeadModel({ vocabSize: 50, nPositions: 16, nEmbd: 16, nLayer: 1, nHead: 2 });
 * let count = 0;
 * for await (const { tokens } of generateSteps(model, [[2, 7, 3]], { maxNewTokens: 4 })) count += tokens.length;
 * count; // => 4
 * @category Generation
 */
export async function* generateSteps(
  model: CausalLanguageModel | Seq2SeqLanguageModel,
  inputIds: readonly (readonly number[])[],
  options: GenerateOptions = {},
): AsyncGenerator<GenerationStep, GenerateResult, undefined> {
  const settings = callSettings(model, options);
  if (isSearch(settings)) throw noSteps(settings);
  const prompts = rowsOf(model, inputIds, settings);
  const rows = answersOf(prompts, settings.numReturnSequences ?? 1);
  const chooser = new TokenChooser(settings, rows.length);
  const run = await begin(model, prompts, { settings, wantsScores: chooser.wantsScores });
  const { decoder } = run;
  const ends = new Set(listOf(settings.eosTokenId));
  let isKept = false;
  try {
    let next = await firstScores(prompts, rows, { decoder, settings });
    const scored: ScoredToken[][] = rows.map(() => []);
    while (rows.some(goesOn)) {
      settings.signal?.throwIfAborted();
      const chosen = rows.map((row) => (goesOn(row) ? chooser.choose(row, next) : undefined));
      yield stepOf(rows, chosen, { ends, settings });
      for (const [index, one] of chosen.entries()) if (one?.scored !== undefined) scored[index]!.push(one.scored);
      if (!rows.some(goesOn)) break;
      if (settings.returnCache !== true) await decoder.leave((row) => goesOn(rows[row]!));
      next = await decoder.feed(rows.map((row) => (goesOn(row) ? decoder.rest(row) : [])));
    }
    isKept = settings.returnCache === true;
    return resultOf(run, rows, { settings, seeds: chooser.seeds, scored });
  } finally {
    if (!isKept) decoder.cache.dispose();
  }
}

const goesOn = ({ end }: Row): boolean => end === undefined;

/** Several answers to each prompt. */
function answersOf(prompts: readonly Row[], several: number): readonly Row[] {
  if (several === 1) return prompts;
  return Array.from({ length: prompts.length * several }, (_, index) => {
    const { ids, maxLength, source } = prompts[Math.floor(index / several)]!;
    return new Row(index, ids, maxLength, source);
  });
}

/** Reads each prompt once; where nothing is to be written, only for who wants to keep them. */
// oxlint-disable-next-line max-params -- what is read, and for whom.
async function firstScores(
  prompts: readonly Row[],
  rows: readonly Row[],
  { decoder, settings }: { readonly decoder: Decoder; readonly settings: GenerateOptions },
): Promise<NextTokens> {
  if (!rows.some(goesOn) && settings.returnCache !== true) return { best: new Int32Array(0), scores: undefined };
  const next = await decoder.feed(prompts.map((row) => decoder.rest(row)));
  if (rows === prompts) return next;
  const several = rows.length / prompts.length;
  const promptOf = rows.map(({ index }) => Math.floor(index / several));
  await decoder.become(promptOf);
  const scores = next.scores && promptOf.map((prompt) => next.scores![prompt]!);
  return { best: Int32Array.from(promptOf, (prompt) => next.best[prompt]!), scores };
}

/** Puts the chosen tokens behind their rows, some of which they end. */
// oxlint-disable-next-line max-params -- the rows, their tokens, what ends them.
function stepOf(
  rows: readonly Row[],
  chosen: readonly ({ readonly token: number; readonly scored: ScoredToken | undefined } | undefined)[],
  { ends, settings }: { readonly ends: ReadonlySet<number>; readonly settings: GenerateOptions },
): GenerationStep {
  for (const [index, one] of chosen.entries()) if (one !== undefined) rows[index]!.add(one.token);
  for (const row of rows) if (goesOn(row)) row.end = endOf(row, ends, settings);
  return {
    tokens: chosen.map((one) => one?.token),
    finishReasons: rows.map(({ end }) => end),
    ...(settings.logProbs === undefined ? {} : { logProbs: chosen.map((one) => one?.scored) }),
  };
}

function endOf(row: Row, ends: ReadonlySet<number>, { stopWhen }: GenerateOptions): GenerationEnd | undefined {
  if (ends.has(row.written.at(-1)!)) return 'eos';
  if (stopWhen?.(row.index, row.written) === true) return 'stop';
  return row.ids.length >= row.maxLength ? 'length' : undefined;
}

// oxlint-disable-next-line max-params -- what ran, what was written, what is known of it.
function resultOf(
  { program, version, decoder: { cache } }: Run,
  rows: readonly Row[],
  { settings, seeds, scored }: Known,
): GenerateResult {
  const held = rows.map(({ ids, index }) => ids.slice(0, cache.lengths[index]));
  return {
    sequences: rows.map(({ written }) => written),
    finishReasons: rows.map(({ end }) => end!),
    ...(settings.logProbs === undefined ? {} : { logProbs: scored }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(settings.returnCache === true ? { promptCache: new PromptCache({ program, version }, cache, held) } : {}),
  };
}

/** What is known of a generation besides its tokens. */
interface Known {
  readonly settings: GenerateOptions;
  readonly seeds: readonly number[] | undefined;
  readonly scored: readonly (readonly ScoredToken[])[];
}

const noSteps = ({ numBeams }: GenerateOptions): ArgumentError =>
  new ArgumentError(
    `generateSteps: a search has no steps to show, since its first token is known in the end. Got numBeams ${numBeams}; expected 1. Call ` +
      `generate, or pass { numBeams: 1 }.`,
    { op: 'generateSteps', details: { option: 'numBeams' } },
  );

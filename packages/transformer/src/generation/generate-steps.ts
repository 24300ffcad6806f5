import { ArgumentError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { checkModel } from './check-model.ts';
import { checkTokens } from './check-tokens.ts';
import { Decoder } from './decoder.ts';
import type { NextTokens } from './decoder.ts';
import type {
  GenerateOptions,
  GenerateResult,
  GenerationEnd,
  GenerationStep,
  ScoredToken,
} from './generate-options.ts';
import { PromptCache } from './prompt-cache.ts';
import { optionNames, resolveOptions } from './resolve-options.ts';
import { reusedCache } from './reused-cache.ts';
import type { Row } from './row.ts';
import { rowsOf } from './rows-of.ts';
import { listOf } from './scores/pipeline.ts';
import { hasEncoder, programOf } from './step-program.ts';
import type { StepProgram } from './step-program.ts';
import { TokenChooser } from './token-chooser.ts';

/** Tokens of a prompt in one run. */
const CHUNK = 512;

/**
 * Writes token by token: as {@link generate}, with each token as soon as it is there. What the generator returns in the end is the
 * result of `generate`; leaving the loop ends the generation.
 * @param model - A language model of this package.
 * @param inputIds - The prompts, or the texts for an encoder; of any lengths, nothing filled up.
 * @param options - See {@link GenerateOptions}.
 * @throws {@link ArgumentError} as `generate` does.
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
  const run = await begin(model, inputIds, options);
  const { rows, decoder, settings, chooser } = run;
  let isKept = false;
  try {
    let next = await firstScores(run);
    const scored: ScoredToken[][] = rows.map(() => []);
    while (rows.some(goesOn)) {
      settings.signal?.throwIfAborted();
      const chosen = rows.map((row) => (goesOn(row) ? chooser.choose(row, next) : undefined));
      yield stepOf(run, chosen);
      for (const [index, one] of chosen.entries()) if (one?.scored !== undefined) scored[index]!.push(one.scored);
      if (!rows.some(goesOn)) break;
      if (settings.returnCache !== true) await decoder.leave((row) => goesOn(rows[row]!));
      next = await decoder.feed(rows.map((row) => (goesOn(row) ? decoder.rest(row) : [])));
    }
    isKept = settings.returnCache === true;
    return resultOf(run, scored);
  } finally {
    if (!isKept) decoder.cache.dispose();
  }
}

/** A generation that has begun. */
interface Run {
  readonly settings: GenerateOptions;
  readonly rows: readonly Row[];
  readonly chooser: TokenChooser;
  readonly program: StepProgram;
  readonly version: number;
  readonly decoder: Decoder;
  /** Tokens that end a row. */
  readonly ends: ReadonlySet<number>;
}

const goesOn = ({ end }: Row): boolean => end === undefined;

/** Checks the call, compiles the model where that is not done, and reads the encoder's texts. */
async function begin(
  model: CausalLanguageModel | Seq2SeqLanguageModel,
  inputIds: readonly (readonly number[])[],
  options: GenerateOptions,
): Promise<Run> {
  checkOptionNames('generate', options, optionNames);
  checkModel(model);
  const settings = resolveOptions(model, options);
  checkTokens(options, model.decoding.vocabulary);
  if (hasEncoder(model)) refuseCache(settings);
  const rows = rowsOf(model, inputIds, settings);
  const chooser = new TokenChooser(settings, rows.length);
  settings.signal?.throwIfAborted();
  const program = programOf(model);
  const version = await program.prepare();
  const cache = (await reusedCache(program, rows, settings.promptCache)) ?? program.cache(rows.length);
  const { prefillChunkSize: chunkSize = CHUNK, signal } = settings;
  const decoder = new Decoder(program, cache, { version, wantsScores: chooser.wantsScores, chunkSize, signal });
  try {
    if (hasEncoder(model)) await decoder.encode(rows.map(({ source }) => source!));
  } catch (error) {
    cache.dispose();
    throw error;
  }
  return { settings, rows, chooser, program, version, decoder, ends: new Set(listOf(settings.eosTokenId)) };
}

/** Reads the prompts; where nothing is to be written, only for who wants to keep them. */
async function firstScores({ rows, decoder, settings }: Run): Promise<NextTokens> {
  if (!rows.some(goesOn) && settings.returnCache !== true) return { best: new Int32Array(0), scores: undefined };
  return decoder.feed(rows.map((row) => decoder.rest(row)));
}

/** Puts the chosen tokens behind their rows, some of which they end. */
function stepOf(
  { rows, ends, settings }: Run,
  chosen: readonly ({ readonly token: number; readonly scored: ScoredToken | undefined } | undefined)[],
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

function resultOf(
  { rows, settings, chooser, program, version, decoder }: Run,
  scored: readonly (readonly ScoredToken[])[],
): GenerateResult {
  const { cache } = decoder;
  const held = rows.map(({ ids, index }) => ids.slice(0, cache.lengths[index]));
  return {
    sequences: rows.map(({ written }) => written),
    finishReasons: rows.map(({ end }) => end!),
    ...(settings.logProbs === undefined ? {} : { logProbs: scored }),
    ...(chooser.seeds === undefined ? {} : { seeds: chooser.seeds }),
    ...(settings.returnCache === true ? { promptCache: new PromptCache({ program, version }, cache, held) } : {}),
  };
}

/** Behind an encoder there is no prompt that calls could have in common. */
function refuseCache({ promptCache, returnCache }: GenerateOptions): void {
  if (promptCache === undefined && returnCache !== true) return;
  throw new ArgumentError(
    `generate: a model with an encoder has no prompt to keep. Got ${promptCache === undefined ? 'returnCache' : 'promptCache'}; expected ` +
      `neither. Leave it out.`,
    { op: 'generate' },
  );
}

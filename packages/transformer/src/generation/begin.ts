import { ArgumentError } from '@gai/core';
import { hasEncoder } from '../models/generative.ts';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { Decoder } from './decoder.ts';
import type { GenerateOptions } from './generate-options.ts';
import { reusedCache } from './reused-cache.ts';
import type { Row } from './row.ts';
import { programOf } from './step-program.ts';
import type { StepProgram } from './step-program.ts';

/** Tokens of a prompt in one run. */
const CHUNK = 512;

/** A generation that has begun. */
export interface Run {
  readonly program: StepProgram;
  readonly version: number;
  /** Whose rows are the prompts. */
  readonly decoder: Decoder;
}

/** What is asked for. */
interface Asked {
  readonly settings: GenerateOptions;
  /** Whether the scores of all tokens are wanted. */
  readonly wantsScores: boolean;
}

/** Compiles the model where that is not done, and reads the encoder's texts. */
export async function begin(
  model: CausalLanguageModel | Seq2SeqLanguageModel,
  prompts: readonly Row[],
  { settings, wantsScores }: Asked,
): Promise<Run> {
  const { promptCache, signal } = settings;
  const { steadyLength = Infinity } = model.decoding;
  const chunkSize = chunkSizeOf(prompts, settings, steadyLength);
  if (hasEncoder(model)) refuseCache(settings);
  signal?.throwIfAborted();
  const program = programOf(model);
  const version = await program.prepare();
  const cache = (await reusedCache(program, prompts, promptCache, steadyLength)) ?? program.cache(prompts.length);
  const decoder = new Decoder(program, cache, { version, wantsScores, chunkSize, signal });
  try {
    if (hasEncoder(model)) await decoder.encode(prompts.map(({ source }) => source!));
  } catch (error) {
    cache.dispose();
    throw error;
  }
  return { program, version, decoder };
}

/** Tokens of a prompt in one run: all, where the keys of the first pieces would depend on how long the whole is. */
function chunkSizeOf(rows: readonly Row[], { prefillChunkSize: asked }: GenerateOptions, steadyLength: number): number {
  const longest = Math.max(...rows.map(({ ids }) => ids.length));
  if (longest <= steadyLength) return asked ?? CHUNK;
  if (asked === undefined || asked >= longest) return longest;
  throw new ArgumentError(
    `generate: this prompt cannot be computed in pieces. Got prefillChunkSize ${asked} for ${longest} tokens; expected at least as many, since ` +
      `the rotary positions of this model depend on the whole text where it is longer than ${steadyLength}. Leave prefillChunkSize out.`,
    { op: 'generate', details: { option: 'prefillChunkSize', longest, steadyLength } },
  );
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

import { ProviderError } from '@gai/providers';
import type { Prompt } from '@gai/providers';
import type { GenerateOptions, GenerateResult } from '../generation/generate-options.ts';
import { callSettings, isSearch } from '../generation/call-settings.ts';
import { generateSteps } from '../generation/generate-steps.ts';
import { searchBeams } from '../generation/beams/search-beams.ts';
import { settingsOf } from '../generation/read-generation-config.ts';
import { hasEncoder } from '../models/generative.ts';
import type { CausalLanguageModel, Seq2SeqLanguageModel } from '../models/generative.ts';
import { Answer } from './answer.ts';
import { encodePrompt, isContinued } from './encode-prompt.ts';
import type { PromptEncoder } from './encode-prompt.ts';
import { checkStops, stopIds } from './stop-tokens.ts';
import { asProviderError } from './provider-error.ts';
import { textGeneration } from './text-generation.ts';
import type { TextGeneration } from './text-generation.ts';
import { checkTextOptions } from './text-options.ts';
import type { TextGenerateOptions } from './text-options.ts';

/** A model, and how texts become its tokens. */
export interface Writer extends PromptEncoder {
  readonly model: CausalLanguageModel | Seq2SeqLanguageModel;
}

/** What somebody asks for. */
export interface WriteCall {
  /** The function that was called, for messages. */
  readonly op: string;
  readonly prompts: readonly (Prompt | readonly number[])[];
  readonly options: TextGenerateOptions;
}

/** Most tokens of an answer where neither the call nor the model's files say it. */
const MOST_NEW_TOKENS = 256;

/** Writes to all prompts at once: yields the text of each as it is certain, and returns the whole. */
export async function* writeTexts(
  { op, prompts, options }: WriteCall,
  writer: Writer,
): AsyncGenerator<{ readonly row: number; readonly text: string }, readonly TextGeneration[]> {
  try {
    const settings = withLength(writer, checkTextOptions(op, options));
    checkStops(op, options.stop ?? [], writer);
    const inputIds = prompts.map((prompt) => encodePrompt(op, prompt, writer));
    if (inputIds.length === 0) return [];
    const answerOf = (row: number): Answer => {
      const before = isContinued(prompts[row]!) && !hasEncoder(writer.model) ? inputIds[row]! : [];
      return new Answer(writer.tokenizer, options.stop ?? [], before);
    };
    const answers = inputIds.map((_, row) => answerOf(row));
    const ends = stopIds(options.stop ?? [], writer.tokenizer);
    const asked = { settings, answers, answerOf, ends };
    const resolved = callSettings(writer.model, settings);
    if ((resolved.numReturnSequences ?? 1) > 1) throw severalAnswers(op, resolved);
    const result = isSearch(resolved)
      ? await searched(writer, inputIds, asked)
      : yield* stepsOf(writer, inputIds, asked);
    for (const answer of answers) answer.end();
    yield* fresh(answers);
    return answers.map((answer, row) =>
      textGeneration({ row, prompt: inputIds[row]!, answer, result }, writer.tokenizer),
    );
  } catch (error) {
    throw asProviderError(op, error, options?.signal);
  }
}

/** How it is run, and what reads it. */
interface Asked {
  readonly settings: GenerateOptions;
  readonly answers: readonly Answer[];
  /** One of a row that has read nothing. */
  readonly answerOf: (row: number) => Answer;
  /** Special tokens that are stop texts. */
  readonly ends: ReadonlySet<number>;
}

/** Runs the model to the end, and reads what it writes. */
async function* stepsOf(
  { model }: Writer,
  inputIds: readonly (readonly number[])[],
  { settings, answers, ends }: Asked,
): AsyncGenerator<{ readonly row: number; readonly text: string }, GenerateResult> {
  const stopWhen = (row: number, tokens: readonly number[]): boolean => {
    answers[row]!.read(tokens);
    return settings.stopWhen?.(row, tokens) === true || answers[row]!.isStopped || ends.has(tokens.at(-1)!);
  };
  const steps = generateSteps(model, inputIds, { ...settings, stopWhen });
  try {
    for (;;) {
      const { done, value } = await steps.next();
      if (done === true) return value;
      yield* fresh(answers);
    }
  } finally {
    // Left early, it would hold its cache.
    await steps.return(undefined as never);
  }
}

/** Looks for the best texts, of which nothing is known before the end; each that is looked at is read from its beginning. */
async function searched(
  { model }: Writer,
  inputIds: readonly (readonly number[])[],
  { settings, answers, answerOf, ends }: Asked,
): Promise<GenerateResult> {
  const stopWhen = (row: number, tokens: readonly number[]): boolean => {
    const answer = answerOf(row);
    if (answer.hasStops) answer.read(tokens);
    return settings.stopWhen?.(row, tokens) === true || answer.isStopped || ends.has(tokens.at(-1)!);
  };
  const result = await searchBeams(model, inputIds, callSettings(model, { ...settings, stopWhen }));
  for (const [row, tokens] of result.sequences.entries()) answers[row]!.read(tokens);
  return result;
}

function* fresh(answers: readonly Answer[]): Generator<{ readonly row: number; readonly text: string }> {
  for (const [row, answer] of answers.entries()) {
    const text = answer.take();
    if (text !== '') yield { row, text };
  }
}

/** The settings with a length, where nobody says one. */
function withLength({ model }: Writer, settings: GenerateOptions): GenerateOptions {
  const { maxNewTokens, maxLength } = { ...settingsOf(model, settings.generationConfig).settings, ...settings };
  if (maxNewTokens !== undefined || maxLength !== undefined) return settings;
  return { ...settings, maxNewTokens: MOST_NEW_TOKENS };
}

const severalAnswers = (op: string, { numReturnSequences }: GenerateOptions): ProviderError =>
  new ProviderError(
    'UNSUPPORTED',
    `${op}: each prompt has one answer. Got numReturnSequences ${numReturnSequences}; expected 1. For several give the prompt several times ` +
      `to generateBatch, or call generate with the model and token ids.`,
    { op, details: { option: 'numReturnSequences' } },
  );

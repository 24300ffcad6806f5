import type { Prompt } from '@gai/providers';
import type { GenerateOptions, GenerateResult } from '../generation/generate-options.ts';
import { generateSteps } from '../generation/generate-steps.ts';
import { settingsOf } from '../generation/read-generation-config.ts';
import { hasEncoder } from '../generation/step-program.ts';
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
    const answers = inputIds.map((ids, row) => {
      const before = isContinued(prompts[row]!) && !hasEncoder(writer.model) ? ids : [];
      return new Answer(writer.tokenizer, options.stop ?? [], before);
    });
    const ends = stopIds(options.stop ?? [], writer.tokenizer);
    const result = yield* stepsOf(writer, inputIds, { settings, answers, ends });
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

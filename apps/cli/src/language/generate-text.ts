import { textGenerator } from '@gai/transformer/text';
import type { LocalTextGenerator, TextGenerateOptions, TextGeneration } from '@gai/transformer/text';
import { interruptSignal, interrupted } from '../interrupt.ts';
import { findModelPath } from '../models/find-model.ts';
import type { Streams } from '../streams.ts';
import { plainJson, plainText } from '../terminal/plain.ts';
import { whileReading } from '../terminal/progress.ts';
import { styleFor } from '../terminal/style.ts';
import { readGenerateOptions } from './read-generate-options.ts';
import { withBackend } from '../with-backend.ts';
import type { BackendOptions } from '../with-backend.ts';

/** Options of `gai generate` but for what it goes on with. */
export interface GenerateTextOptions extends BackendOptions {
  readonly options?: string;
  readonly maxNewTokens?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
  readonly stop: readonly string[];
  readonly ignoreFields?: readonly string[];
  readonly json?: boolean;
}

/** What is gone on with: a text, a conversation, or tokens. */
export type GeneratePrompt = Parameters<LocalTextGenerator['stream']>[0];

/** Writes what a language model says, as it comes; stopped by Ctrl-C, what there is. */
// oxlint-disable-next-line max-params -- what was typed.
export async function generateText(
  given: string,
  prompt: GeneratePrompt,
  options: GenerateTextOptions,
  streams: Streams,
): Promise<void> {
  const settings = await settingsOf(options);
  const path = await findModelPath('generate', given);
  const isStopped = await withBackend(options, async () => {
    const writer = await open(path, prompt, options, streams);
    try {
      const written = await write(writer, prompt, settings, { streams, isJson: options.json === true });
      if (options.json === true) streams.stdout.write(`${plainJson(asJson(written))}\n`);
      else report(written, writer.writesText, streams);
      return written.isStopped ? written.generation.ids.length : undefined;
    } finally {
      await writer.dispose();
    }
  });
  if (isStopped !== undefined) throw interrupted('generate', `after ${isStopped} tokens`);
}

/** What the file says, and over it what was typed. */
async function settingsOf(options: GenerateTextOptions): Promise<TextGenerateOptions> {
  const { options: path, maxNewTokens, temperature, topK, topP, seed, stop } = options;
  const typed = { maxNewTokens, temperature, topK, topP, seed, stop: stop.length > 0 ? stop : undefined };
  const file = path === undefined ? {} : await readGenerateOptions(path);
  return { ...file, ...Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined)) };
}

// oxlint-disable-next-line max-params -- as above.
function open(
  path: string,
  prompt: GeneratePrompt,
  { ignoreFields }: GenerateTextOptions,
  streams: Streams,
): Promise<LocalTextGenerator> {
  const tokenizer = typeof prompt[0] === 'number' ? 'optional' : 'required';
  return whileReading(streams.stderr, (onProgress) => textGenerator(path, { ignoreFields, tokenizer, onProgress }));
}

/** A generation, and how it went. */
interface Written {
  readonly generation: TextGeneration;
  readonly tokensPerSecond: number;
  /** By Ctrl-C, or because nobody reads it. */
  readonly isStopped: boolean;
}

// oxlint-disable-next-line max-params -- as above.
async function write(
  writer: LocalTextGenerator,
  prompt: GeneratePrompt,
  settings: TextGenerateOptions,
  { streams, isJson }: { readonly streams: Streams; readonly isJson: boolean },
): Promise<Written> {
  const { signal, release } = interruptSignal();
  const begun = performance.now();
  let first: number | undefined;
  // Before the first token there is nothing to keep; after it the step at hand ends, and its token counts.
  const reading = new AbortController();
  const onStop = (): void => {
    if (first === undefined) reading.abort(interrupted('generate', 'before the first token'));
  };
  signal.addEventListener('abort', onStop);
  let isUnread = false;
  const onUnread = (): void => void (isUnread = true);
  streams.stdout.once?.('error', onUnread);
  try {
    const stopWhen = (): boolean => {
      first ??= performance.now();
      return signal.aborted || isUnread;
    };
    const stream = writer.stream(prompt, { ...settings, stopWhen, signal: reading.signal });
    for await (const piece of stream) if (!isJson) streams.stdout.write(plainText(piece));
    const generation = await stream.result();
    const ended = performance.now();
    const count = generation.ids.length;
    // The first one waits for the prompt to be read.
    const [tokens, since] = count > 1 && first !== undefined ? [count - 1, first] : [count, begun];
    return { generation, tokensPerSecond: (1000 * tokens) / (ended - since), isStopped: signal.aborted };
  } finally {
    release();
    streams.stdout.off?.('error', onUnread);
  }
}

const asJson = ({ generation, tokensPerSecond }: Written): object => {
  const { ids, text, finishReason, usage, seed, tokens } = generation;
  return {
    ids,
    text,
    tokensPerSecond: Number(tokensPerSecond.toPrecision(4)),
    finishReason,
    promptTokens: usage.inputTokens,
    ...(seed === undefined ? {} : { seed }),
    ...(tokens === undefined ? {} : { tokens }),
  };
};

/** The end of the line, or tokens where they are no text; and what is worth knowing, beside the text. */
// oxlint-disable-next-line max-params -- what there is to say, and where.
function report({ generation, tokensPerSecond }: Written, isText: boolean, { stdout, stderr }: Streams): void {
  const { ids, seed, finishReason } = generation;
  stdout.write(!isText && ids.length > 0 ? `${ids.join(',')}\n` : '\n');
  const drawn = seed === undefined ? '' : `, seed ${seed}`;
  const end = finishReason === 'length' ? ', cut at its greatest length' : '';
  stderr.write(
    styleFor(stderr).dim(`${ids.length} tokens, ${tokensPerSecond.toPrecision(3)} per second${drawn}${end}\n`),
  );
}

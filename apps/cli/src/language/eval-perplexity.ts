import { stat } from 'node:fs/promises';
import { DataError } from '@gai/core';
import { fileStorage } from '@gai/backend-node';
import { AutoModelForCausalLM, perplexity } from '@gai/transformer';
import { AutoTokenizer } from '@gai/transformer/text';
import { interruptSignal, interrupted } from '../interrupt.ts';
import { findModelPath } from '../models/find-model.ts';
import type { Streams } from '../streams.ts';
import { progress, whileReading } from '../terminal/progress.ts';
import { styleFor } from '../terminal/style.ts';
import { withBackend } from '../with-backend.ts';
import type { BackendOptions } from '../with-backend.ts';

/** Options of `gai eval perplexity`. */
export interface EvalPerplexityOptions extends BackendOptions {
  readonly window?: number;
  readonly stride?: number;
  readonly ignoreFields?: readonly string[];
  readonly json?: boolean;
}

/** What was found, under the names of the line of JSON. */
interface Result {
  readonly perplexity: number;
  readonly natsPerToken: number;
  readonly natsPerCharacter: number;
  readonly nats: number;
  readonly tokens: number;
  readonly characters: number;
}

/** Says how well a language model foresees a text. */
// oxlint-disable-next-line max-params -- what was typed.
export async function evalPerplexity(
  given: string,
  textOrFile: string,
  options: EvalPerplexityOptions,
  streams: Streams,
): Promise<void> {
  const path = await findModelPath('eval perplexity', given);
  const text = await readText(textOrFile);
  const result = await withBackend(options, () => score(path, text, options, streams));
  streams.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : describe(result, streams));
}

// oxlint-disable-next-line max-params -- as above.
async function score(
  path: string,
  text: string,
  { window, stride, ignoreFields }: EvalPerplexityOptions,
  streams: Streams,
): Promise<Result> {
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  const { ids } = tokenizer.encode(text, { truncation: null, padding: null });
  const model = await whileReading(streams.stderr, (onProgress) =>
    AutoModelForCausalLM.fromPretrained(path, { ignoreFields, onProgress }),
  );
  const bar = progress(streams.stderr, 'evaluating');
  const { signal, release } = interruptSignal();
  try {
    const found = await perplexity(model, ids, { window, stride, signal, onProgress: (part) => bar.update(part) });
    const characters = charactersOf(text);
    return {
      perplexity: found.perplexity,
      natsPerToken: found.natsPerToken,
      natsPerCharacter: found.nats / characters,
      nats: found.nats,
      tokens: found.tokens,
      characters,
    };
  } catch (error) {
    throw signal.aborted ? interrupted('eval perplexity', 'before the end of the text') : error;
  } finally {
    release();
    bar.end();
  }
}

/** Code points, without a list of them: of a long text it would be more than a list may have. */
function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Bytes of the longest text that is held in memory with its tokens. */
const MOST = 256 << 20;

/** A file's text, or what was typed if it can be no name of a file. */
async function readText(given: string): Promise<string> {
  const found = await stat(given).catch(() => undefined);
  if (found === undefined && /\s/.test(given.trim())) return given;
  if (found?.isFile() !== true) throw refused('there is no text', `'${given}'`, 'a file, or a text of several words');
  if (found.size > MOST) throw refused('the text is too long', `${found.size} bytes`, `at most ${MOST}`);
  if (found.size === 0) throw refused('the text is empty', `0 bytes in '${given}'`, 'some characters');
  const bytes = await fileStorage.read(given);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refused('the file is no text', `other bytes in '${given}'`, 'UTF-8', cause);
  }
}

// oxlint-disable-next-line max-params -- one sentence.
const refused = (what: string, got: string, expected: string, cause?: unknown): DataError =>
  new DataError(`eval perplexity: ${what}. Got ${got}; expected ${expected}. Name another text.`, {
    op: 'eval perplexity',
    cause,
  });

function describe(result: Result, { stdout }: Streams): string {
  const style = styleFor(stdout);
  const row = (name: string, value: string): string => `  ${name.padEnd(19)} ${value}\n`;
  return (
    style.bold(`perplexity ${result.perplexity.toPrecision(5)}\n`) +
    row('nats per token', result.natsPerToken.toFixed(4)) +
    row('nats per character', result.natsPerCharacter.toFixed(4)) +
    row('foreseen', `${result.tokens} tokens of ${result.characters} characters`)
  );
}

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core';
import { openTokens, writeTokens } from '@gai/data/node';
import type { TokenFile } from '@gai/data/node';
import { Tokenizer, trainBPE } from '@gai/tokenizers';
import { UsageError } from '../errors.ts';
import { MOST_COUNTED, take } from './baselines.ts';
import type { Corpus } from './corpus.ts';
import { GPT_PRESETS } from './presets.ts';
import type { GptPresetName } from './presets.ts';

/** What begins every document, and ends it. */
const SEPARATOR = '<|endoftext|>';

/** What a run is of: written beside the checkpoint, so that `--resume` goes on with the same. */
export interface RunRecord {
  readonly preset: GptPresetName;
  readonly seed: number;
  /** The file or folder; null: the Brown corpus. */
  readonly text: string | null;
  readonly steps: number | null;
  readonly seconds: number | null;
}

/** What a run needs besides the model. */
export interface GptSetup {
  readonly tokenizer: Tokenizer;
  readonly separator: number;
  readonly tokens: TokenFile;
}

/** What was asked for: undefined where nothing was. */
export type AskedRun = { readonly [Name in keyof RunRecord]: RunRecord[Name] | undefined };

const RECORD = 'run.json';

/** Trains the tokenizer on the training documents and writes their token ids to a file. */
export async function prepareRun(corpus: Corpus, record: RunRecord, out: string): Promise<GptSetup> {
  const { vocabSize } = GPT_PRESETS[record.preset];
  const texts = await take(corpus.train(), MOST_COUNTED);
  const tokenizer = await trainBPE(texts, { vocabSize, specialTokens: [SEPARATOR] });
  const json = new TextEncoder().encode(`${JSON.stringify(tokenizer.toJSON())}\n`);
  await fileStorage.writeAtomic(join(out, 'tokenizer.json'), [json]);
  await writeJson(join(out, 'tokenizer_config.json'), {
    tokenizer_class: 'PreTrainedTokenizerFast',
    bos_token: SEPARATOR,
    eos_token: SEPARATOR,
  });
  const separator = tokenizer.tokenToId(SEPARATOR)!;
  const ids = async function* (): AsyncGenerator<readonly number[]> {
    for await (const text of corpus.train()) yield encode(tokenizer, text);
  };
  const path = tokensPath(out);
  await writeTokens(path, ids(), { vocabSize: tokenizer.vocabSize, separator, tokenizer: digest(json) });
  await writeJson(join(out, 'generation_config.json'), { bos_token_id: separator, eos_token_id: separator });
  await writeJson(join(out, RECORD), record);
  return { tokenizer, separator, tokens: await openTokens(path) };
}

/** What an earlier call has prepared in the folder. */
export async function resumeRun(out: string): Promise<GptSetup> {
  const json = await read(join(out, 'tokenizer.json'));
  const tokens = await openTokens(tokensPath(out));
  const tokenizer = Tokenizer.fromJSON(json.toString());
  const separator = tokenizer.tokenToId(SEPARATOR);
  if (tokens.tokenizer === digest(json) && separator !== undefined) return { tokenizer, separator, tokens };
  await tokens.close();
  throw new DataError(
    `train gpt: the tokenizer is another one. Got other contents of tokenizer.json in ${out}; expected those that the token file was ` +
      `written with. Train anew, without --resume.`,
    { op: 'train gpt', details: { out } },
  );
}

/** The record of the run in a folder, which what was asked for must not contradict. */
export async function readRecord(out: string, asked: AskedRun): Promise<RunRecord> {
  const text = (await read(join(out, RECORD))).toString();
  const record = parse(text, out);
  for (const [name, value] of Object.entries(asked)) {
    const had = record[name as keyof RunRecord];
    if (value === undefined || value === had) continue;
    throw new UsageError(
      `train gpt: the run in ${out} was another one. Got --${name} ${value}; expected ${had ?? 'none'}, with which it was begun. Leave it ` +
        `out, or train anew in another folder.`,
    );
  }
  return record;
}

function parse(text: string, out: string): RunRecord {
  const refuse = (): never => {
    throw new DataError(
      `train gpt: this is no record of a run. Got other contents of ${join(out, RECORD)}; expected what gai train gpt writes. Train anew, ` +
        `without --resume.`,
      { op: 'train gpt', details: { out } },
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse();
  }
  const { preset, seed, text: from, steps, seconds } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isCount = (given: unknown): given is number => Number.isSafeInteger(given) && (given as number) >= 0;
  const isPreset = typeof preset === 'string' && Object.hasOwn(GPT_PRESETS, preset);
  const isLength = (given: unknown): given is number | null => given === null || (isCount(given) && given > 0);
  if (!isPreset || !isCount(seed) || !isLength(steps) || !isLength(seconds)) return refuse();
  if (from !== null && typeof from !== 'string') return refuse();
  return { preset: preset as GptPresetName, seed, text: from, steps, seconds };
}

/** The ids of a document, whatever is written in it. */
export const encode = (tokenizer: Tokenizer, text: string): readonly number[] =>
  tokenizer.encode(text, { splitSpecialTokens: true }).ids;

const tokensPath = (out: string): string => join(out, 'train.tokens');

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const writeJson = (path: string, value: object): Promise<void> =>
  writeFile(path, `${JSON.stringify(value, null, 2)}\n`);

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `train gpt: there is no run to go on with. Got ${code} for ${path}; expected the folder of an earlier run. Name it with --out, or ` +
        `leave --resume out.`,
      { op: 'train gpt', details: { path, code }, cause },
    );
  }
}

import { join } from 'node:path';
import { DataError } from '@gai/core';
import { openTokens, writeTokens } from '@gai/data/node';
import type { TokenFile } from '@gai/data/node';
import { Tokenizer, trainBPE } from '@gai/tokenizers';
import { MOST_COUNTED, firstTexts } from './corpus.ts';
import type { Corpus } from './corpus.ts';
import { GPT_PRESETS } from './presets.ts';
import {
  claimRun,
  digestOf,
  ownedStorage,
  readRunFile,
  refuseOldRun,
  removeOldRun,
  writeJson,
  writeRecord,
} from './record.ts';
import type { OwnedRecord, RunSettings, RunRecord } from './record.ts';

/** What begins every document, and ends it. */
const SEPARATOR = '<|endoftext|>';

/** What a run needs besides the model. */
export interface GptSetup {
  readonly record: OwnedRecord;
  readonly tokenizer: Tokenizer;
  readonly separator: number;
  readonly tokens: TokenFile;
}

/** What a new run is prepared of. */
export interface NewRun {
  readonly settings: RunSettings;
  readonly corpus: Corpus;
  readonly heldOut: readonly string[];
  /** Whether an older run in the folder may go. */
  readonly replaces: boolean;
}

/** Trains the tokenizer on the training documents and writes their token ids to a file; what an older run has trained goes. */
export async function prepareRun({ settings, corpus, heldOut, replaces }: NewRun, out: string): Promise<GptSetup> {
  const { vocabSize } = GPT_PRESETS[settings.preset];
  const texts = await firstTexts(corpus.train(), MOST_COUNTED);
  const tokenizer = await trainBPE(texts, { vocabSize, specialTokens: [SEPARATOR] });
  if (!replaces) await refuseOldRun(out); // Reading takes a while: another process may have trained here since.
  const begun = await claimRun(out, { ...settings, heldOut: digestOf(heldOut), tokenizer: '', finished: false });
  const storage = ownedStorage(out, begun.owner);
  await removeOldRun(out);
  const json = new TextEncoder().encode(`${JSON.stringify(tokenizer.toJSON())}\n`);
  await storage.writeAtomic(join(out, 'tokenizer.json'), [json]);
  const special = { bos_token: SEPARATOR, eos_token: SEPARATOR };
  await writeJson(
    join(out, 'tokenizer_config.json'),
    { tokenizer_class: 'PreTrainedTokenizerFast', ...special },
    storage,
  );
  const separator = tokenizer.tokenToId(SEPARATOR)!;
  const ids = async function* (): AsyncGenerator<readonly number[]> {
    for await (const text of corpus.train()) yield encode(tokenizer, text);
  };
  const path = tokensPath(out);
  const hash = digestOf(json);
  await writeTokens(path, ids(), { vocabSize: tokenizer.vocabSize, separator, tokenizer: hash });
  const generation = { bos_token_id: separator, eos_token_id: separator };
  await writeJson(join(out, 'generation_config.json'), generation, storage);
  const record = { ...begun, tokenizer: hash };
  await writeRecord(out, record);
  return { record, tokenizer, separator, tokens: await openTokens(path) };
}

/** What an earlier call has prepared in the folder. */
export async function resumeRun(record: RunRecord, heldOut: readonly string[], out: string): Promise<GptSetup> {
  if (digestOf(heldOut) !== record.heldOut) throw otherTexts(record, out);
  const json = await readRunFile(join(out, 'tokenizer.json'));
  const tokenizer = Tokenizer.fromJSON(json.toString());
  const separator = tokenizer.tokenToId(SEPARATOR);
  const hash = digestOf(json);
  const tokens = await openTokens(tokensPath(out));
  const isSame = record.tokenizer === hash && tokens.tokenizer === hash && tokens.vocabSize === tokenizer.vocabSize;
  if (isSame && separator !== undefined && tokens.separator === separator)
    return { record: await claimRun(out, record), tokenizer, separator, tokens };
  await tokens.close();
  throw new DataError(
    `train gpt: the tokenizer is another one. Got other contents of tokenizer.json or train.tokens in ${out}; expected those that the run ` +
      `was begun with. Train anew, in another folder.`,
    { op: 'train gpt', details: { out } },
  );
}

/** The ids of a document, whatever is written in it. */
export const encode = (tokenizer: Tokenizer, text: string): readonly number[] =>
  tokenizer.encode(text, { splitSpecialTokens: true }).ids;

const tokensPath = (out: string): string => join(out, 'train.tokens');

const otherTexts = ({ text }: RunRecord, out: string): DataError =>
  new DataError(
    `train gpt: the held-out documents are other ones. Got other texts of ${text ?? 'the Brown corpus'}; expected those that the run in ` +
      `${out} was begun with: it may have learned from these. Put the texts back, or train anew in another folder.`,
    { op: 'train gpt', details: { out, text } },
  );

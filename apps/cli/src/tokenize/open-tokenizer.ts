import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core';
import { fileSource } from '@gai/core/io';
import { openGguf } from '@gai/formats';
import {
  Tokenizer,
  tiktokenEncoding,
  tiktokenEncodings,
  tokenizerFromFolder,
  tokenizerFromGGUF,
  tokenizerFromTiktoken,
} from '@gai/tokenizers';
import { AutoTokenizer } from '@gai/transformer/text';
import { UsageError } from '../errors.ts';

/** Options of {@link openTokenizer}. */
export interface OpenTokenizerOptions {
  /** What a file of ranks belongs to; default: what its name says. */
  readonly encoding?: string;
}

/** Opens the tokenizer of a folder, or of a file by what it is. */
export async function openTokenizer(path: string, { encoding }: OpenTokenizerOptions = {}): Promise<Tokenizer> {
  if (path.endsWith('.tiktoken')) return openRanks(path, encoding);
  if (encoding !== undefined) throw new UsageError('--encoding is for files of ranks, which end in .tiktoken.');
  if ((await stat(path)).isDirectory()) return AutoTokenizer.fromPretrained(path, { storage: fileStorage });
  const source = await fileSource(fileStorage, path, 'tokenize');
  const start = await source.read(0, Math.min(4, source.size));
  if (String.fromCharCode(...start) === 'GGUF') return tokenizerFromGGUF((await openGguf(source)).metadata);
  const name = basename(path);
  if (name.endsWith('.json') && name !== 'vocab.json') return Tokenizer.fromJSON(await readFile(path, 'utf8'));
  const wanted =
    OLDER.find((names) => names.includes(name)) ?? (name.endsWith('.model') ? ['tokenizer.model'] : undefined);
  if (wanted === undefined) throw unknown(path);
  // What stands beside it says the rest, but another tokenizer was not asked for.
  return tokenizerFromFolder(async (file) => {
    if (file === 'tokenizer.model' && wanted[0] === file) return bytesOf(path);
    return wanted.includes(file) || SETTINGS.includes(file) ? bytesOf(join(dirname(path), file)) : undefined;
  });
}

/** Ranks of tiktoken: how texts are cut, and special tokens, stand nowhere in the file. */
async function openRanks(path: string, encoding = basename(path, '.tiktoken')): Promise<Tokenizer> {
  const options = tiktokenEncoding(encoding);
  if (options !== undefined) return tokenizerFromTiktoken(await readFile(path, 'utf8'), options);
  throw new UsageError(
    `the encoding '${encoding}' is not known. Choose one with --encoding: ${tiktokenEncodings().join(', ')}.`,
  );
}

/** The older files, with those each goes together with. */
const OLDER: readonly (readonly string[])[] = [['vocab.txt'], ['vocab.json', 'merges.txt']];
const SETTINGS: readonly string[] = ['tokenizer_config.json', 'special_tokens_map.json', 'added_tokens.json'];

/** The bytes of a file; undefined if it is not there. */
const bytesOf = async (path: string): Promise<Uint8Array | undefined> =>
  (await fileStorage.size(path)) === undefined ? undefined : fileStorage.read(path);

const unknown = (path: string): DataError =>
  new DataError(
    `tokenize: not a tokenizer. Got '${path}'; expected a folder, a .json, .gguf, .model or .tiktoken file, vocab.txt or merges.txt. Name the ` +
      'folder of the model.',
    { op: 'tokenize', details: { path } },
  );

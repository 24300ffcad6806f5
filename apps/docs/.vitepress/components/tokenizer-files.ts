import { openGguf } from '@gai/formats';
import {
  tiktokenEncoding,
  tiktokenEncodings,
  tokenizerFromFolder,
  tokenizerFromGGUF,
  tokenizerFromTiktoken,
} from '@gai/tokenizers';
import type { TiktokenOptions, Tokenizer } from '@gai/tokenizers';

/** A file the reader opened. */
export type NamedBlob = Blob & { readonly name: string };

/** Names of a model's folder, which are read as what they are. */
const KNOWN = new Set([
  'tokenizer.json',
  'tokenizer_config.json',
  'special_tokens_map.json',
  'added_tokens.json',
  'vocab.json',
  'merges.txt',
  'vocab.txt',
  'spiece.model',
  'tokenizer.model',
  'sentencepiece.bpe.model',
]);
/** What a file of another name is taken for, by its ending. */
const BY_ENDING: readonly (readonly [ending: string, name: string])[] = [
  ['.json', 'tokenizer.json'],
  ['.txt', 'vocab.txt'],
  ['.model', 'tokenizer.model'],
];

/**
 * The tokenizer in files of the reader: of a model's folder, a `.gguf`, or a `.tiktoken` named after its encoding. They stay
 * in the page; of a `.gguf` only the header is read.
 */
export async function tokenizerOfFiles(files: readonly NamedBlob[]): Promise<Tokenizer> {
  const first = files[0];
  if (first?.name.endsWith('.gguf') === true) return tokenizerFromGGUF((await openGguf(first)).metadata);
  if (first?.name.endsWith('.tiktoken') === true) {
    return tokenizerFromTiktoken(await first.text(), encodingOf(first.name));
  }
  const byName = new Map(files.map((file) => [canonical(file.name), file]));
  return tokenizerFromFolder(async (name) => {
    const file = byName.get(name);
    return file === undefined ? undefined : new Uint8Array(await file.arrayBuffer());
  });
}

/** A file of ranks does not say how texts are cut into words, nor what is special, but its name does. */
function encodingOf(name: string): TiktokenOptions {
  const encoding = tiktokenEncoding(name.replace(/\.tiktoken$/, ''));
  if (encoding !== undefined) return encoding;
  throw new Error(
    `${name} does not say how texts are cut into words. Name it after its encoding: ${tiktokenEncodings().join(', ')}.`,
  );
}

function canonical(name: string): string {
  if (KNOWN.has(name)) return name;
  return BY_ENDING.find(([ending]) => name.endsWith(ending))?.[1] ?? name;
}

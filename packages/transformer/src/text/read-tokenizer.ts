import { DataError } from '@gai/core';
import type { Storage } from '@gai/core/backend';
import { quoted } from '@gai/core/io';
import { tokenizerFromFolder, tokenizerFromGGUF } from '@gai/tokenizers';
import type { Tokenizer } from '@gai/tokenizers';
import { fileIn, ggufIn } from '../pretrained/folder.ts';
import { ggufFile } from '../pretrained/gguf-file.ts';

/**
 * The tokenizer of a folder, or of a GGUF file.
 * @throws {@link DataError} if there is none.
 */
export async function readTokenizer(storage: Storage, folder: string, op: string): Promise<Tokenizer> {
  const found = await findTokenizer(storage, folder, op);
  if (found !== undefined) return found;
  throw noTokenizer(op, folder, folder.endsWith('.gguf') ? undefined : await ggufIn(storage, folder));
}

/** The same; undefined if there is none. */
export async function findTokenizer(storage: Storage, folder: string, op: string): Promise<Tokenizer | undefined> {
  if (folder.endsWith('.gguf')) {
    const { metadata } = await ggufFile(storage, folder, op);
    return metadata['tokenizer.ggml.model'] === undefined ? undefined : tokenizerFromGGUF(metadata);
  }
  let isEmpty = true;
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    const path = fileIn(folder, name);
    if ((await storage.size(path)) === undefined) return undefined;
    isEmpty = false;
    return storage.read(path);
  };
  try {
    return await tokenizerFromFolder(read);
  } catch (error) {
    if (isEmpty) return undefined;
    throw error;
  }
}

const noTokenizer = (op: string, folder: string, gguf: string | undefined): DataError =>
  new DataError(
    `${op}: there is no tokenizer. Got ${quoted(folder, 200)}; expected a folder with tokenizer.json, vocab.json and merges.txt, vocab.txt ` +
      `or a .model file, or a .gguf file. ${gguf === undefined ? 'For a model that was fetched by name, pass what gai models path prints' : `Pass ${quoted(gguf, 200)}`}.`,
    { op, details: { folder } },
  );

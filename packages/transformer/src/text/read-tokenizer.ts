import type { Storage } from '@gai/core/backend';
import { fileSource } from '@gai/core/io';
import { openGguf } from '@gai/formats';
import { tokenizerFromFolder, tokenizerFromGGUF } from '@gai/tokenizers';
import type { Tokenizer } from '@gai/tokenizers';
import { fileIn } from '../pretrained/folder.ts';

/** The tokenizer of a folder, or of a GGUF file. */
export async function readTokenizer(storage: Storage, folder: string): Promise<Tokenizer> {
  if (folder.endsWith('.gguf')) {
    return tokenizerFromGGUF((await openGguf(await fileSource(storage, folder, 'embedder'))).metadata);
  }
  return tokenizerFromFolder(async (name) => {
    const path = fileIn(folder, name);
    return (await storage.size(path)) === undefined ? undefined : storage.read(path);
  });
}

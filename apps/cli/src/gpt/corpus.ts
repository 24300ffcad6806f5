import { stat } from 'node:fs/promises';
import { DataError } from '@gai/core';
import { loadBrown, readTexts } from '@gai/data/node';

/** Documents to learn from, and to be measured on. */
export interface Corpus {
  readonly name: string;
  /** Each call reads them anew: they may be more than memory holds. */
  train(): AsyncIterable<string>;
  heldOut(): AsyncIterable<string>;
}

/** Characters of the training documents that n-grams and the tokenizer learn from at most: counting takes memory. */
export const MOST_COUNTED = 2 ** 25;

/** Document i is held out if i mod 10 = 0. */
const EVERY = 10;
/** What a single file is cut into at most, in characters: it has to be some documents. */
const LARGEST_PIECE = 2 ** 14;
const SMALLEST_PIECE = 64;
const PIECES = 40;

/** The texts of a file or a folder, or the Brown corpus. */
export async function openCorpus(path: string | undefined): Promise<Corpus> {
  if (path !== undefined) return textCorpus(path);
  const { train, test } = await loadBrown();
  const texts = async function* (documents: typeof train): AsyncGenerator<string> {
    for (const { text } of documents) yield text;
  };
  return { name: 'the Brown corpus', train: () => texts(train), heldOut: () => texts(test) };
}

async function textCorpus(path: string): Promise<Corpus> {
  const status = await stat(path).catch(() => undefined); // readTexts says what is wrong
  const maxLength =
    status?.isFile() === true
      ? Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, Math.ceil(status.size / PIECES)))
      : undefined;
  const part = async function* (isPart: (index: number) => boolean): AsyncGenerator<string> {
    let index = 0;
    for await (const { text } of readTexts(path, { maxLength })) if (isPart(index++)) yield text;
  };
  const corpus: Corpus = {
    name: path,
    train: () => part((index) => index % EVERY !== 0),
    heldOut: () => part((index) => index % EVERY === 0),
  };
  for await (const text of corpus.train()) if (text !== '') return corpus;
  throw tooLittle(path);
}

/** The first documents, of so many characters together; at least one. */
export async function firstTexts(texts: AsyncIterable<string>, most: number): Promise<string[]> {
  const taken: string[] = [];
  let length = 0;
  for await (const text of texts) {
    if (taken.length > 0 && length + text.length > most) break;
    taken.push(text);
    length += text.length;
  }
  return taken;
}

const tooLittle = (path: string): DataError =>
  new DataError(
    `train gpt: there is too little text. Got one document or none in ${path}; expected at least two, of which the first is held ` +
      `out. Use a folder of several files, or one file of more than ${SMALLEST_PIECE} characters.`,
    { op: 'train gpt', details: { path } },
  );

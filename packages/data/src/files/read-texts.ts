import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { DataError } from '@gai/core';
import { unreadable } from './unreadable.ts';
import { checkArgument, checkOptionNames } from '@gai/core/ops';

/** Settings of {@link readTexts}. */
export interface ReadTextsOptions {
  /**
   * A file of more characters is cut into documents of at most so many, behind an empty line if there is one in the second half, else behind a
   * line, else a space. Default 1,048,576.
   */
  readonly maxLength?: number | undefined;
  /** Which files of a folder are read, by the end of their names. Default `['.txt', '.md']`. */
  readonly extensions?: readonly string[] | undefined;
}

/** A text of {@link readTexts}. */
export interface TextDocument {
  /** The file, below the folder; pieces of a file that was cut have one name. */
  readonly name: string;
  readonly text: string;
}

const OP = 'readTexts';

/**
 * Reads the texts of a file, or of the files of a folder and those in it, in the order of their names, in UTF-8: one after the other, so that
 * they may be more than memory holds. In a folder, symbolic links and names that begin with a dot are passed over.
 * @param path - A file, or a folder.
 * @param options.maxLength - Characters of a document at most; longer files are cut. Default 1,048,576.
 * @param options.extensions - Which files of a folder are read. Default `['.txt', '.md']`.
 * @throws {@link DataError} if there is no such file, a folder has none, or one is not UTF-8.
 * @example
 * const texts = readTexts('no/such/file.txt'); // with the file: { name, text }, one after the other
 * await texts.next(); // => throws DataError
 * @category Files
 */
export function readTexts(path: string, options: ReadTextsOptions = {}): AsyncGenerator<TextDocument> {
  checkOptionNames(OP, options, ['maxLength', 'extensions']);
  const { maxLength = 2 ** 20, extensions = ['.txt', '.md'] } = options;
  const rule = 'a whole number of 2 or more';
  checkArgument(Number.isSafeInteger(maxLength) && maxLength >= 2, maxLength, { op: OP, name: 'maxLength', rule });
  return documents(path, maxLength, extensions);
}

async function* documents(
  path: string,
  maxLength: number,
  extensions: readonly string[],
): AsyncGenerator<TextDocument> {
  for (const file of await filesOf(path, extensions)) {
    const name = file === path ? basename(path) : relative(path, file);
    for await (const text of pieces(file, maxLength)) yield { name, text };
  }
}

/** The file itself, or the files of a folder in the order of their names. */
async function filesOf(path: string, extensions: readonly string[]): Promise<readonly string[]> {
  const status = await stat(path).catch((cause: unknown) => {
    throw unread(path, cause);
  });
  if (status.isFile()) return [path];
  if (!status.isDirectory()) throw unread(path, { code: 'neither a file nor a folder' });
  const found = await walk(path, extensions);
  if (found.length > 0) return found;
  throw new DataError(
    `${OP}: there is no text. Got no file ending in ${extensions.join(' or ')} in ${path}; expected at least one. Name another folder, ` +
      `or a single file, whatever it is called.`,
    { op: OP, details: { path, extensions } },
  );
}

async function walk(folder: string, extensions: readonly string[]): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw unread(folder, cause);
  });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await walk(path, extensions)));
    else if (entry.isFile() && extensions.some((end) => entry.name.toLowerCase().endsWith(end))) found.push(path);
  }
  return found;
}

/** A file's text in pieces of at most `maxLength` characters; what is empty is left out. */
async function* pieces(path: string, maxLength: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 18 })) {
      rest += decoder.decode(bytes as Uint8Array, { stream: true });
      while (rest.length > maxLength) {
        const end = cutAt(rest, maxLength);
        yield rest.slice(0, end);
        rest = rest.slice(end);
      }
    }
    rest += decoder.decode();
  } catch (cause) {
    throw cause instanceof TypeError ? notText(path, cause) : unread(path, cause);
  }
  if (rest !== '') yield rest;
}

/** Where to cut a text that is too long: behind an empty line, a line, a space, or anywhere but within a character. */
function cutAt(text: string, maxLength: number): number {
  for (const mark of ['\n\n', '\n', ' ']) {
    const at = text.lastIndexOf(mark, maxLength - mark.length);
    if (at >= maxLength / 2) return at + mark.length;
  }
  const code = text.charCodeAt(maxLength - 1);
  return code >= 0xd800 && code < 0xdc00 ? maxLength - 1 : maxLength;
}

const unread = (path: string, cause: unknown): DataError => unreadable(OP, path, cause, 'text');

const notText = (path: string, cause: unknown): DataError =>
  new DataError(
    `${OP}: the file is no text. Got bytes that are not UTF-8 in ${path}; expected UTF-8. Convert it, for example with iconv.`,
    { op: OP, details: { path }, cause },
  );

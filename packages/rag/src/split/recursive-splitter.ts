import { pack } from './pieces.ts';
import type { Splitter } from './splitter.ts';
import type { SplitterOptions } from './structure-splitter.ts';
import { readMaxWords } from './structure-splitter.ts';

/**
 * Cuts at empty lines, then lines, then sentences, then words, each only where a piece is still too long, and packs neighbours
 * together. Knows nothing of headings; for that use {@link structureSplitter}.
 * @param options.maxWords - Most words of a chunk. Default 300.
 * @throws {@link ArgumentError} for a limit that is no whole number of at least 1.
 * @example
 * const { documents } = await parseDocuments('One two.\n\nThree four. Five six.', { source: 'a.txt' });
 * const spans = recursiveSplitter({ maxWords: 2 })(documents[0]!);
 * spans.map(({ start, end }) => documents[0]!.document.raw.slice(start, end)); // => ['One two.', 'Three four.', 'Five six.']
 * @category Splitters
 */
export function recursiveSplitter(options: SplitterOptions = {}): Splitter {
  const maxWords = readMaxWords('recursiveSplitter', options);
  return ({ document: { raw } }) =>
    pack(raw, { start: 0, end: raw.length }, ['paragraphs', 'lines', 'sentences', 'words'], maxWords).map((range) => ({
      ...range,
      path: [],
    }));
}

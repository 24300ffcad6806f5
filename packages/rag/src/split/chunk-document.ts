import { checkArgument, checkOptionNames } from '@gai/core/ops';
import type { Chunk } from '../documents/document.ts';
import type { ParsedDocument, Splitter } from './splitter.ts';
import { structureSplitter } from './structure-splitter.ts';

/**
 * The chunks of a document, each with its exact place: `document.raw.slice(start, end) === text`.
 * @param options.splitter - Default {@link structureSplitter}.
 * @throws {@link ArgumentError} for a splitter that is no function, or whose spans do not lie in the document.
 * @example
 * const { documents } = await parseDocuments('# Tea\n\nBoil water.', { source: 'tea.md' });
 * const chunks = chunkDocument(documents[0]!);
 * chunks.map(({ text, start, end, path }) => [text, start, end, path]); // => [['Boil water.', 7, 18, ['Tea']]]
 * @category Splitters
 */
export function chunkDocument(
  parsed: ParsedDocument,
  options: { readonly splitter?: Splitter | undefined } = {},
): readonly Chunk[] {
  const op = 'chunkDocument';
  checkOptionNames(op, options, ['splitter']);
  const { splitter = structureSplitter() } = options;
  checkArgument(typeof splitter === 'function', splitter, { op, name: 'splitter', rule: 'a function' });
  const { id, raw, title, metadata } = parsed.document;
  return splitter(parsed).map(({ start, end, path }) => {
    const fits =
      Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start < end && end <= raw.length;
    checkArgument(fits, `${start}-${end}`, { op, name: 'a span', rule: `a place between 0 and ${raw.length}` });
    const headings = path[0] === title ? path : [title, ...path];
    return {
      id: `${id}#${start}-${end}`,
      document: id,
      start,
      end,
      text: raw.slice(start, end),
      path: headings,
      metadata,
    };
  });
}

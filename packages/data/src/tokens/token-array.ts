import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { MAX_VOCABULARY, checkIds, checkVocabulary } from './check-ids.ts';
import type { TokenSource } from './token-source.ts';

/** Settings of {@link tokenArray}. */
export interface TokenArrayOptions {
  /** A token that is set in front of each document. Default: none. */
  readonly separator?: number | undefined;
  /** Ids must be below it. Default: the largest there may be, 2³¹ − 1. */
  readonly vocabSize?: number | undefined;
}

/**
 * Token ids of documents in memory, for {@link packed}. For more of them than memory holds, write a file with `writeTokens` of
 * `@gai/data/node`.
 * @param documents - The ids of each document.
 * @param options.separator - A token that is set in front of each document. Default: none.
 * @param options.vocabSize - Ids must be below it. Default 2³¹ − 1.
 * @throws {@link ArgumentError} for an option out of range, {@link DataError} if there is no token, or one that is no whole number below `vocabSize`.
 * @example
 * const tokens = tokenArray([[5, 6], [7]], { separator: 0 });
 * tokens.length; // => 5
 * tokens.read(1, 3); // => [5, 6, 0]
 * @category Tokens
 */
export function tokenArray(documents: Iterable<ArrayLike<number>>, options: TokenArrayOptions = {}): TokenSource {
  const op = 'tokenArray';
  checkOptionNames(op, options, ['separator', 'vocabSize']);
  const { separator, vocabSize = MAX_VOCABULARY } = options;
  checkVocabulary(op, vocabSize, separator);
  const all = [...documents];
  const before = separator === undefined ? 0 : 1;
  const starts = new Float64Array(all.length + 1);
  for (const [index, ids] of all.entries()) {
    checkIds(op, ids, { document: index, vocabSize });
    starts[index + 1] = starts[index]! + before + ids.length;
  }
  const length = starts[all.length]!;
  if (length === 0) throw noTokens(op, all.length);
  const stream = new Int32Array(length);
  for (const [index, ids] of all.entries()) {
    if (separator !== undefined) stream[starts[index]!] = separator;
    stream.set(ids, starts[index]! + before);
  }
  return { length, starts, separator, read: (start, count) => stream.slice(start, start + count) };
}

/** What to say where documents have no token at all. */
export const noTokens = (op: string, documents: number): DataError =>
  new DataError(
    `${op}: there are no tokens. Got ${documents} documents without any; expected at least one token. Look at where the ` +
      `documents come from.`,
    { op, details: { documents } },
  );

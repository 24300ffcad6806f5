/**
 * The token ids of documents, one document after the other: {@link tokenArray} has them in memory, `openTokens` of `@gai/data/node` in a
 * file.
 * @category Tokens
 */
export interface TokenSource {
  /** How many tokens there are. */
  readonly length: number;
  /** Where each document begins, and at last `length`: one more than there are documents. */
  readonly starts: Float64Array;
  /** The token each document begins with, which its last token is to foresee; undefined where there is none. */
  readonly separator: number | undefined;
  /** `count` ids from `start` on. */
  read(start: number, count: number): Int32Array | Promise<Int32Array>;
}

import type { ByteSource } from '@gai/core/io';

/** What is read of a file at first. */
const FIRST = 1 << 16;
/** How much more is read when that was not enough: every byte is then looked at 4/3 times on average, at most. */
const GROWTH = 4;

/** Thrown by a parser that came to the end of the bytes it was given. */
export class NeedsMore extends Error {
  override readonly name = 'NeedsMore';
}

/**
 * Parses what stands at a place of a file and has a length that only its parser knows: on a part of the file, and on a
 * larger one as long as the parser throws {@link NeedsMore}.
 * @param limit - Bytes that are looked at, at most.
 * @param onLimit - What is thrown when these were not enough.
 */
export async function parseGrowing<T>(
  source: ByteSource,
  start: number,
  parse: (bytes: Uint8Array) => T,
  { limit, onLimit }: { readonly limit: number; readonly onLimit: (length: number) => never },
): Promise<T> {
  const most = Math.min(limit, source.size - start);
  for (let length = Math.min(FIRST, most); ; length = Math.min(length * GROWTH, most)) {
    const bytes = await source.read(start, length);
    try {
      return parse(bytes);
    } catch (error) {
      if (!(error instanceof NeedsMore)) throw error;
      if (length === most) onLimit(length);
    }
  }
}

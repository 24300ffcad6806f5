import { pngError, SAVE_AGAIN } from './error.ts';
import { pipe } from './stream.ts';

/** Deflate cannot pack better than this many bytes into one. */
const MAX_RATIO = 1032;

/**
 * Unpacks a zlib stream that must hold exactly `size` bytes. Memory stays near `size`: a stream that holds more is
 * stopped, one too short to hold as much is refused before anything is allocated.
 */
export async function inflateExactly(pieces: readonly Uint8Array[], size: number): Promise<Uint8Array> {
  const packed = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (packed * MAX_RATIO < size) throw wrongSize(`${packed} compressed bytes`, size);
  const out = new Uint8Array(size);
  let filled = 0;
  try {
    for await (const piece of pipe(pieces, new DecompressionStream('deflate'))) {
      if (filled + piece.length > size) throw wrongSize(`more than ${size} bytes`, size);
      out.set(piece, filled);
      filled += piece.length;
    }
  } catch (error) {
    if (!(error instanceof TypeError) && !isZlibError(error)) throw error;
    throw pngError(
      'the pixels cannot be unpacked',
      `a damaged zlib stream of ${packed} bytes`,
      `a whole one. ${SAVE_AGAIN}`,
    );
  }
  if (filled < size) throw wrongSize(`${filled} bytes`, size);
  return out;
}

/** Browsers report damaged streams as TypeError, Node as an error with a zlib code. */
function isZlibError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR_'));
}

function wrongSize(got: string, size: number): Error {
  return pngError('the pixels do not fill the image', got, `${size} unpacked bytes. ${SAVE_AGAIN}`);
}

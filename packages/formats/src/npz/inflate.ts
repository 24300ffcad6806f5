import { quote, refuse } from '../errors.ts';

/**
 * The first `size` bytes of what is packed; more is not unpacked.
 * @param name - Whose content it is, for messages.
 * @throws {@link DataError} if the bytes do not unpack, or to fewer.
 */
export async function inflate(packed: Uint8Array, name: string, size: number): Promise<Uint8Array> {
  const out = new Uint8Array(size);
  let filled = 0;
  const reader = new Blob([packed as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'))
    .getReader();
  try {
    while (filled < size) {
      const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array };
      if (done || value === undefined) break;
      const piece = value.subarray(0, size - filled);
      out.set(piece, filled);
      filled += piece.length;
    }
  } catch {
    filled = -1; // whatever is wrong, it is the file
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (filled === size) return out;
  return refuse({
    op: 'openNpz',
    problem: `${quote(name)} does not unpack`,
    got: filled < 0 ? 'damaged bytes' : `${filled} bytes`,
    expected: `${size} bytes`,
  });
}

/** Codes as bytes: of 4 bits two in one, the first in the lower half. */
export function packCodes(codes: Uint8Array, bits: 4 | 8): Uint8Array {
  if (bits === 8) return codes;
  const packed = new Uint8Array(codes.length / 2);
  for (let at = 0; at < packed.length; at += 1) packed[at] = codes[2 * at]! | (codes[2 * at + 1]! << 4);
  return packed;
}

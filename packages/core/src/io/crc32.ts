/** Remainders of the 256 bytes under the reversed polynomial 0xEDB88320. */
let table: Uint32Array | undefined;

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
    return remainder;
  });
}

/**
 * CRC-32 (ISO 3309) of the bytes, as PNG, gzip and zip use it.
 * @param before - That of the bytes before these, where they come piece by piece. Default: there are none.
 * @example
 * crc32(new TextEncoder().encode('123456789')).toString(16); // => 'cbf43926'
 * @category Files
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  table ??= makeTable();
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

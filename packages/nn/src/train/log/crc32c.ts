/** The polynomial of Castagnoli, bits in reverse. */
const POLYNOMIAL = 0x82f6_3b78;

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    return value;
  });
}

let table: Uint32Array | undefined;

/** The CRC-32C of bytes. */
export function crc32c(bytes: Uint8Array): number {
  table ??= makeTable();
  let crc = 0xffff_ffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** As record files store it: turned and shifted, so that the checksum of data with checksums in it is no special case. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0;
}

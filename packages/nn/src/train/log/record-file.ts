import { maskedCrc32c } from './crc32c.ts';

/** Bytes around the data of a record: its length and that one's checksum before, the data's behind. */
const HEAD = 12;
const FOOT = 4;

/** Data as one record of a TFRecord file. */
export function toRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEAD + data.length + FOOT);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, HEAD);
  view.setUint32(HEAD + data.length, maskedCrc32c(data), true);
  return record;
}

/** The records of a file with their data, up to the first that is torn or damaged. */
export function* recordsOf(file: Uint8Array): Generator<{ readonly record: Uint8Array; readonly data: Uint8Array }> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 0; at + HEAD + FOOT <= file.length;) {
    const length = view.getUint32(at, true);
    const isLength = view.getUint32(at + 4, true) === 0 && at + HEAD + length + FOOT <= file.length;
    if (!isLength || view.getUint32(at + 8, true) !== maskedCrc32c(file.subarray(at, at + 8))) return;
    const data = file.subarray(at + HEAD, at + HEAD + length);
    if (view.getUint32(at + HEAD + length, true) !== maskedCrc32c(data)) return;
    const next = at + HEAD + length + FOOT;
    yield { record: file.subarray(at, next), data };
    at = next;
  }
}

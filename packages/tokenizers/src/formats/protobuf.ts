import { refuse } from './refuse.ts';

/** A field of a message: numbers come as numbers, everything of a length as bytes. */
export interface Field {
  readonly number: number;
  readonly value: number | Uint8Array;
}

/** Fields of a file; more than any real one has. */
const MOST_FIELDS = 20_000_000;

/** The fields of a message of Protocol Buffers, in their order. Lengths are checked before anything is read. */
export function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw cut(at);
      const byte = bytes[at++]!;
      // Bits beyond 53 belong to negative numbers, which no field that is read has.
      if (shift < 49) value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw cut(at);
  };
  const take = (count: number): number => {
    if (count > bytes.length - at) throw cut(at);
    at += count;
    return at - count;
  };
  for (let count = 0; at < bytes.length && count < MOST_FIELDS; count++) {
    const key = varint();
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (number === 0) throw cut(at);
    if (wire === 0) yield { number, value: varint() };
    else if (wire === 1) yield { number, value: view.getFloat64(take(8), true) };
    else if (wire === 5) yield { number, value: view.getFloat32(take(4), true) };
    else if (wire === 2) {
      const length = varint();
      const from = take(length);
      yield { number, value: bytes.subarray(from, from + length) };
    } else throw cut(at);
  }
}

const cut = (at: number): Error =>
  refuse('the file is no message of Protocol Buffers', `what cannot be read at byte ${at}`, 'a model of SentencePiece');

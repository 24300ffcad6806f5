import { ByteReader } from '../byte-reader.ts';
import { quote, refuse } from '../errors.ts';

/** Not the default: U+FEFF at the start of a token is a part of it. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a text that is put together here: for the many tokens of a vocabulary a decoder takes several times as long. */
const SHORT = 24;

/** Reads numbers and text one after the other. */
export class Cursor extends ByteReader {
  /** Bytes of the whole file, of which only the beginning may be at hand. */
  readonly #fileSize: number;

  constructor(bytes: Uint8Array, fileSize: number) {
    super(bytes);
    this.#fileSize = fileSize;
  }

  /** Bytes of the file that come after. */
  get remaining(): number {
    return this.#fileSize - this.at;
  }

  int8(): number {
    return this.view.getInt8(this.take(1));
  }

  int16(): number {
    return this.view.getInt16(this.take(2), true);
  }

  float32(): number {
    return this.view.getFloat32(this.take(4), true);
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  /** As a number where it is one without loss, which nearly all are. */
  uint64(): number | bigint {
    const at = this.take(8);
    const high = this.view.getUint32(at + 4, true);
    return high < 2 ** 21 ? high * 2 ** 32 + this.view.getUint32(at, true) : this.view.getBigUint64(at, true);
  }

  int64(): number | bigint {
    const value = this.view.getBigInt64(this.take(8), true);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /**
   * How many things follow, of which each takes at least `least` bytes.
   * @param what - For messages.
   */
  count(what: string, least: number): number {
    const count = this.uint64();
    const most = Math.floor(this.remaining / least);
    if (count <= most) return Number(count);
    return refuse({ op: 'openGguf', problem: `too many ${what}`, got: `${count}`, expected: `at most ${most}` });
  }

  /** Text of ASCII letters; undefined if it has others. */
  #ascii(at: number, length: number): string | undefined {
    let text = '';
    for (let index = at; index < at + length; index += 1) {
      const byte = this.source[index]!;
      if (byte > 0x7f) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** @param key - Whose value it is, for messages. These are put together only when there is one to give. */
  text(what: string, key?: string): string {
    const stated = this.uint64();
    if (stated > this.remaining)
      this.#refuseText(what, key, { got: `${stated} bytes`, expected: `${this.remaining} at most` });
    const length = Number(stated);
    const at = this.take(length);
    const plain = length <= SHORT ? this.#ascii(at, length) : undefined;
    if (plain !== undefined) return plain;
    try {
      return UTF8.decode(this.source.subarray(at, at + length));
    } catch {
      const bytes = String.fromCharCode(...this.source.subarray(at, at + Math.min(length, 80)));
      return this.#refuseText(what, key, { got: quote(bytes), expected: 'UTF-8' });
    }
  }

  #refuseText(what: string, key: string | undefined, { got, expected }: { got: string; expected: string }): never {
    const whose = key === undefined ? what : `${what} of ${quote(key)}`;
    return refuse({ op: 'openGguf', problem: `${whose} is no text`, got, expected });
  }
}

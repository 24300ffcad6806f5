import { ByteReader } from '../byte-reader.ts';
import { refuse } from '../errors.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Whole numbers beyond this are refused: to make one of them takes time in the square of its length. */
const MAX_LONG_BYTES = 256;
/** A name of a class or module. */
const MAX_LINE = 4096;
const NEWLINE = 10;

/** Reads the operands of a pickle's instructions. */
export class PickleReader extends ByteReader {
  readonly #op: string;

  constructor(bytes: Uint8Array, at: number, op: string) {
    super(bytes, at);
    this.#op = op;
  }

  /** A length of 64 bits. */
  length64(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), false);
  }

  bytes(length: number): Uint8Array {
    const at = this.take(length);
    return this.source.slice(at, at + length);
  }

  text(length: number): string {
    const at = this.take(length);
    return this.#decode(this.source.subarray(at, at + length));
  }

  /** Text of Python 2, which has no encoding: one character for each byte. */
  latin1(length: number): string {
    const at = this.take(length);
    let text = '';
    for (let index = at; index < at + length; index += 1) text += String.fromCharCode(this.source[index]!);
    return text;
  }

  line(): string {
    const start = this.at;
    while (this.uint8() !== NEWLINE) {
      if (this.at - start > MAX_LINE) this.#refuse('a line without end', `over ${MAX_LINE} bytes`, 'a name');
    }
    return this.#decode(this.source.subarray(start, this.at - 1));
  }

  /** A whole number of any length, the lowest byte first, in two's complement. */
  long(length: number): number | bigint {
    if (length > MAX_LONG_BYTES) {
      this.#refuse('a number that is too long', `${length} bytes`, `${MAX_LONG_BYTES} at most`);
    }
    const at = this.take(length);
    let value = 0n;
    for (let index = at + length - 1; index >= at; index -= 1) value = (value << 8n) | BigInt(this.source[index]!);
    const signed = BigInt.asIntN(Math.max(8 * length, 1), value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  #decode(bytes: Uint8Array): string {
    try {
      return UTF8.decode(bytes);
    } catch {
      return this.#refuse('text that is not text', `${bytes.length} bytes`, 'UTF-8');
    }
  }

  #refuse(problem: string, got: string, expected: string): never {
    return refuse({ op: this.#op, problem, got, expected });
  }
}

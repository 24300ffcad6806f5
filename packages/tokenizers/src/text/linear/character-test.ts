import { translate } from '../translate.ts';

const BYTES = 0x110000;
const [YES, NO] = [1, 2];

/** Whether a character is in a class, which is written as Oniguruma has it; what was found is kept. */
export class CharacterTest {
  readonly #pattern: RegExp;
  readonly #ascii = new Uint8Array(128);
  #others: Uint8Array | undefined;

  constructor(source: string) {
    this.#pattern = translate(String.raw`\A(?:${source})\z`);
  }

  has(code: number): boolean {
    const known = code < 128 ? this.#ascii : (this.#others ??= new Uint8Array(BYTES));
    const found = known[code]!;
    if (found !== 0) return found === YES;
    this.#pattern.lastIndex = 0;
    const isIn = this.#pattern.test(String.fromCodePoint(code));
    known[code] = isIn ? YES : NO;
    return isIn;
  }
}

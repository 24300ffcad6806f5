import { translate } from '../translate.ts';

const [YES, NO] = [1, 2];
/** Codes whose answers are kept together, two bits each. */
const PAGE = 256;
/** As many as the basic plane has: what is kept of a class stays small, whatever the text. */
const MOST_PAGES = 256;

/** Whether a character is in a class, which is written as Oniguruma has it; what was found is kept. */
export class CharacterTest {
  readonly #pattern: RegExp;
  readonly #ascii = new Uint8Array(128);
  readonly #pages = new Map<number, Uint8Array>();

  constructor(source: string) {
    this.#pattern = translate(String.raw`\A(?:${source})\z`);
  }

  has(code: number): boolean {
    if (code >= 128) return this.#hasOther(code);
    const found = this.#ascii[code]!;
    if (found !== 0) return found === YES;
    const isIn = this.#test(code);
    this.#ascii[code] = isIn ? YES : NO;
    return isIn;
  }

  #hasOther(code: number): boolean {
    const page = this.#pages.get(code >> 8) ?? this.#addPage(code >> 8);
    const byte = (code & (PAGE - 1)) >> 2;
    const shift = (code & 3) << 1;
    const found = (page[byte]! >> shift) & 3;
    if (found !== 0) return found === YES;
    const isIn = this.#test(code);
    page[byte]! |= (isIn ? YES : NO) << shift;
    return isIn;
  }

  #addPage(number: number): Uint8Array {
    if (this.#pages.size >= MOST_PAGES) this.#pages.clear();
    const page = new Uint8Array(PAGE / 4);
    this.#pages.set(number, page);
    return page;
  }

  #test(code: number): boolean {
    this.#pattern.lastIndex = 0;
    return this.#pattern.test(String.fromCodePoint(code));
  }
}

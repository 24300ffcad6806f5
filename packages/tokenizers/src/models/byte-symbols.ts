import { characterOf } from '../text/byte-characters.ts';
import type { TokenList } from './model.ts';

/** The ids of GPT-2's names of the 256 bytes; −1 for those the vocabulary lacks, such as bytes that UTF-8 does not have. */
export const byteTable = (vocab: ReadonlyMap<string, number>): Int32Array =>
  Int32Array.from({ length: 256 }, (_, byte) => vocab.get(characterOf(byte)) ?? -1);

/**
 * Adds a token for each byte of a word in UTF-8; it covers the character the byte belongs to.
 * @returns Whether there is one for every byte; if not, some have been added.
 */
export function addByteSymbols(word: string, table: Int32Array, tokens: TokenList): boolean {
  const before = tokens.length;
  for (let start = 0; start < word.length;) {
    const unit = word.charCodeAt(start);
    if (unit < 0x80) {
      tokens.add(table[unit]!, start, ++start);
      continue;
    }
    const whole = word.codePointAt(start)!;
    const end = start + (whole > 0xffff ? 2 : 1);
    // A surrogate that stands alone counts as U+FFFD.
    const code = whole >= 0xd800 && whole < 0xe000 ? 0xfffd : whole;
    const more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    // The first byte begins with as many ones as there are bytes.
    tokens.add(table[((0xf00 >> (more + 1)) & 0xff) | (code >> (6 * more))]!, start, end);
    for (let byte = more - 1; byte >= 0; byte--) tokens.add(table[0x80 | ((code >> (6 * byte)) & 0x3f)]!, start, end);
    start = end;
  }
  const ids = tokens.ids.values;
  for (let index = before; index < tokens.length; index++) if (ids[index]! < 0) return false;
  return true;
}

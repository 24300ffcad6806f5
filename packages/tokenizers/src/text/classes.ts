import { isSpace } from './characters.ts';

/** Classes of characters, as bits. */
export const LETTER = 1;
export const NUMBER = 2;
export const SPACE = 4;
/** As BERT sees it: ASCII signs too. */
export const PUNCTUATION = 8;
const KNOWN = 128;

const LETTERS = /\p{L}/u;
const NUMBERS = /\p{N}/u;
const PUNCTUATIONS = /[!-/:-@[-`{-~\p{P}]/u;

/** The classes of every code point, filled in as they are met. */
let table: Uint8Array | undefined;

/** The classes of a code point. */
export function classesOf(code: number): number {
  table ??= new Uint8Array(0x110000);
  const known = table[code]!;
  return known === 0 ? (table[code] = find(code)) : known;
}

function find(code: number): number {
  const character = String.fromCodePoint(code);
  return (
    KNOWN |
    (LETTERS.test(character) ? LETTER : 0) |
    (NUMBERS.test(character) ? NUMBER : 0) |
    (isSpace(character) ? SPACE : 0) |
    (PUNCTUATIONS.test(character) ? PUNCTUATION : 0)
  );
}

/** The classes of the character at a unit of a text. */
export function classesAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return classesOf(unit >= 0xd800 && unit < 0xdc00 ? text.codePointAt(at)! : unit);
}

/** Units of the character at a unit of a text. */
export const widthAt = (text: string, at: number): number =>
  (text.charCodeAt(at) & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00 ? 2 : 1;

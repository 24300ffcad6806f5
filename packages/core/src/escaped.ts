/** What moves a cursor, colours a terminal, or turns the direction of writing: control and format characters, ends of lines. */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A text with the signs that are not seen as JSON writes them, `\u` and four digits for each half of a sign above U+FFFF, so that it can be
 * read back.
 * @param signs - Which signs, a global pattern. Default: control and format characters and ends of lines.
 */
export function escaped(text: string, signs: RegExp = UNSEEN): string {
  // Without the flag u a pattern sees halves.
  const codes = (sign: string): string =>
    sign.replaceAll(/[^]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return text.replaceAll(signs, codes);
}

/**
 * A text with what is not seen, or moves a cursor, as its code, so that one can tell where it stands and nothing happens.
 * @param text - Of somebody else.
 * @param instead - What is put there in place of the code.
 * @example
 * withCodes('a\u001b[31m'); // => 'a\\u001b[31m'
 * withCodes('a\u200bb', '·'); // => 'a·b'
 * @category Errors
 */
export function withCodes(text: string, instead?: string): string {
  return instead === undefined ? escaped(text) : text.replaceAll(UNSEEN, () => instead);
}

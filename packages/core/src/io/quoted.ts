/** What moves a cursor, colours a terminal, or turns the direction of writing: control and format characters, ends of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * A name or value out of a file in a message, as JSON writes it: on one line, short, and without characters that are not seen, however
 * hostile it is.
 * @param value - Anything, nested to any depth.
 * @param most - Characters that are shown.
 * @example
 * quoted('a\u001b[31m\nb'); // => '"a\\u001b[31m\\nb"'
 * quoted(['x'.repeat(100)], 9); // => '["xxxxxxx…'
 * @category Files
 */
export function quoted(value: unknown, most = 80): string {
  const text = jsonOf(typeof value === 'string' ? value.slice(0, most + 1) : value);
  const short = text.length > most + 2 ? `${text.slice(0, most)}…` : text;
  return withCodes(short);
}

/**
 * A text with what is not seen, or moves a cursor, as its code, so that one can tell where it stands and nothing happens.
 * @param text - Of somebody else.
 * @param instead - What is put there in place of the code.
 * @example
 * withCodes('a\u001b[31m'); // => 'a\\u001b[31m'
 * withCodes('a\u200bb', '·'); // => 'a·b'
 * @category Files
 */
export function withCodes(text: string, instead?: string): string {
  return text.replaceAll(UNSEEN, (sign) => instead ?? `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
  } catch {
    return 'lists in lists too deep to be shown'; // JSON is parsed to any depth, and written to some
  }
}

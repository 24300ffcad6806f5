/** What moves a cursor, colours a terminal, or turns the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text of somebody else for a terminal: on one line, and what is not seen as a code, or as what is given. */
export function plain(text: string, instead?: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, instead ?? ' ')
    .replaceAll(UNSEEN, (sign) => instead ?? `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}

import { withCodes } from '@gai/core/errors';

/** Text of somebody else for a terminal: on one line, and what is not seen as a code, or as what is given. */
export function plain(text: string, instead?: string): string {
  // Not /\s*\n\s*/: that goes back over every run of spaces as often as it is long.
  const line = text.replaceAll(/\s+/g, (space) => (space.includes('\n') ? (instead ?? ' ') : space));
  return withCodes(line, instead);
}

/** What moves a cursor or turns the direction of writing, but for the ends of lines and tabs, and what joins emoji and letters. */
const MOVING = /[^\P{Cc}\n\t]|[^\P{Cf}\u200c\u200d]|[\p{Zl}\p{Zp}]/gu;

/** The same of a text that is written as it comes: its lines stay. */
export const plainText = (text: string): string => text.replaceAll(MOVING, (sign) => withCodes(sign));

/** A value as a line of JSON, in which nothing moves a cursor either: to who parses it, it is the same. */
export const plainJson = (value: unknown): string => withCodes(JSON.stringify(value));

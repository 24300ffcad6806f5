import { withCodes } from '@gai/core/io';

/** Text of somebody else for a terminal: on one line, and what is not seen as a code, or as what is given. */
export function plain(text: string, instead?: string): string {
  // Not /\s*\n\s*/: that goes back over every run of spaces as often as it is long.
  const line = text.replaceAll(/\s+/g, (space) => (space.includes('\n') ? (instead ?? ' ') : space));
  return withCodes(line, instead);
}

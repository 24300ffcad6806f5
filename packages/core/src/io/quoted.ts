import { escaped } from '../escaped.ts';

/** A sign of a text in JSON: an escape, or one that stands for itself. */
const SIGN = /\\u[\da-f]{4}|\\.|[^]/gu;

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
  const json = jsonOf(typeof value === 'string' ? value.slice(0, most + 1) : value);
  // What is far behind the cut is not escaped: a value is as long as a file may be.
  const text = escaped(json.slice(0, most + 9));
  return text.length > most + 2 ? `${cut(text, most)}…` : text;
}

/** The first signs of a text, whole ones, up to a length. */
function cut(text: string, most: number): string {
  let short = '';
  for (const [sign] of text.matchAll(SIGN)) {
    if (short.length + sign.length > most) break;
    short += sign;
  }
  return short;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part)) ?? 'nothing';
  } catch (cause) {
    // JSON is parsed to any depth, and written to some: engines end that with errors of different names, a circle with one.
    return cause instanceof RangeError || (cause as Error | undefined)?.name === 'InternalError'
      ? 'lists in lists too deep to be shown'
      : 'what JSON does not hold';
  }
}

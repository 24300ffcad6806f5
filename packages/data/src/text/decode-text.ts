import { DataError } from '@gai/core';

/** Text of a file: UTF-8 bytes are decoded, a byte order mark is dropped. */
export function decodeText(source: string | Uint8Array, op: string, name: string): string {
  if (typeof source === 'string') return source.startsWith('\uFEFF') ? source.slice(1) : source;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(source);
  } catch (cause) {
    throw new DataError(
      `${op}: ${name} is not UTF-8. Got ${source.length} bytes that do not decode; expected UTF-8 text. Convert the file.`,
      { op, details: { name, bytes: source.length }, cause },
    );
  }
}

/** Text of the input in a message: short and on one line. */
export function shown(text: string): string {
  const quoted = JSON.stringify(text.slice(0, 40));
  return text.length > 40 ? `${quoted.slice(0, -1)}…"` : quoted;
}

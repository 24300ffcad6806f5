import { byteOf, utf8 } from '../text/byte-characters.ts';
import type { DecodeStep } from './decoder.ts';

/** Bytes that are characters without more ado, when nothing is held back; longer tokens go the other way. */
const MOST_QUICK = 256;

/** Tokens in GPT-2's names of bytes: the characters whose last byte is there. */
export const byteLevel: DecodeStep = {
  joins: true,
  start: (next) => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let isOpen = false;
    const give = (text: string): void => {
      if (text !== '') next.push(text);
    };
    return {
      push: (token) => {
        const bytes = bytesOf(token);
        if (!isOpen && bytes.length <= MOST_QUICK && bytes.every((byte) => byte < 0x80)) {
          give(String.fromCharCode(...bytes));
          return;
        }
        if (bytes.length > 0) isOpen = bytes.at(-1)! >= 0x80;
        give(decoder.decode(Uint8Array.from(bytes), { stream: true }));
      },
      end: () => {
        give(decoder.decode());
        next.end();
      },
    };
  },
};

/** The bytes a token of GPT-2's alphabet stands for; of any other its UTF-8. */
function bytesOf(token: string): number[] {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = byteOf(character);
    if (byte === undefined) return [...utf8(token)];
    bytes.push(byte);
  }
  return bytes;
}

const BYTE_TOKEN = /^<0x([0-9a-fA-F]{2})>$/;

/**
 * Tokens of bytes become the characters they are together; where they are none, each becomes U+FFFD, those that by themselves would be a
 * character too. So the bytes of a stretch are held back until it is over.
 */
export const byteFallback: DecodeStep = {
  joins: false,
  start: (next) => {
    let bytes: number[] = [];
    const flush = (): void => {
      if (bytes.length === 0) return;
      const [run, text] = [bytes.length, decoded(bytes)];
      bytes = [];
      if (text !== undefined) next.push(text);
      else for (let count = 0; count < run; count++) next.push('\ufffd');
    };
    return {
      push: (token) => {
        const byte = BYTE_TOKEN.exec(token)?.[1];
        if (byte !== undefined) {
          bytes.push(Number.parseInt(byte, 16));
          return;
        }
        flush();
        next.push(token);
      },
      end: () => {
        flush();
        next.end();
      },
    };
  },
};

/** The text of bytes; undefined if they are none. */
function decoded(bytes: readonly number[]): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

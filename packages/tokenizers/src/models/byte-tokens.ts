import { utf8 } from '../text/byte-characters.ts';

/** The name a byte has as a token where bytes stand in for what the vocabulary lacks. */
export const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

/** The ids of the bytes of a text; undefined if one of them is not in the vocabulary. */
export function byteIds(text: string, vocab: ReadonlyMap<string, number>): number[] | undefined {
  const ids: number[] = [];
  for (const byte of utf8(text)) {
    const id = vocab.get(byteToken(byte));
    if (id === undefined) return undefined;
    ids.push(id);
  }
  return ids;
}

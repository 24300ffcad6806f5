/** GPT-2's names of the 256 bytes: printable Latin-1 stands for itself, the rest for what follows U+00FF. */

const printable = (byte: number): boolean =>
  (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);

function tables(): { readonly characters: readonly string[]; readonly bytes: ReadonlyMap<string, number> } {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) characters.push(String.fromCharCode(printable(byte) ? byte : next++));
  return { characters, bytes: new Map(characters.map((character, byte) => [character, byte])) };
}

const TABLES = /* @__PURE__ */ tables();

/** The character that stands for a byte. */
export const characterOf = (byte: number): string => TABLES.characters[byte]!;

/** The byte a character stands for; undefined if it stands for none. */
export const byteOf = (character: string): number | undefined => TABLES.bytes.get(character);

const encoder = /* @__PURE__ */ new TextEncoder();

/** The bytes of a text in UTF-8; a lone surrogate becomes U+FFFD. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** A text as the characters that stand for its bytes. */
export const byteNames = (text: string): string => Array.from(utf8(text), characterOf).join('');

import { byteOf, utf8 } from '../text/byte-characters.ts';
import { readPattern } from '../text/pattern.ts';
import { malformed, readCount, readFlag, readList, readObject, readText } from '../read/fields.ts';
import type { Json } from '../read/fields.ts';
import { readMetaspace } from '../pre-tokenizers/read.ts';
import type { Decoder } from './decoder.ts';

const READERS: Readonly<Record<string, (json: Json) => Decoder>> = {
  ByteLevel: () => (tokens) => [decodeBytes(tokens.flatMap(bytesOf))],
  Metaspace: (json) => {
    const { replacement, prependScheme } = readMetaspace(json, 'decoder');
    // All marks of the first token stand for the space that was put before the text.
    return (tokens) =>
      tokens.map((token, index) => token.replaceAll(replacement, index === 0 && prependScheme !== 'never' ? '' : ' '));
  },
  WordPiece: (json) => {
    const prefix = readText(json['prefix'], 'decoder.prefix', '##');
    const cleans = readFlag(json['cleanup'], 'decoder.cleanup', true);
    return (tokens) =>
      tokens.map((token, index) => {
        const inside = token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
        const text = index === 0 ? token : inside;
        return cleans ? cleanUp(text) : text;
      });
  },
  BPEDecoder: (json) => {
    const suffix = readText(json['suffix'], 'decoder.suffix', '</w>');
    return (tokens) => tokens.map((token, index) => token.replaceAll(suffix, index === tokens.length - 1 ? '' : ' '));
  },
  ByteFallback: () => joinByteTokens,
  Fuse: () => (tokens) => [tokens.join('')],
  Strip: (json) => {
    const content = readText(json['content'], 'decoder.content', ' ');
    const [left, right] = [readCount(json['start'], 'decoder.start', 0), readCount(json['stop'], 'decoder.stop', 0)];
    return (tokens) => tokens.map((token) => strip(token, content, left, right));
  },
  Replace: (json) => {
    const pattern = readPattern(json['pattern'], 'decoder.pattern');
    const content = readText(json['content'], 'decoder.content');
    return (tokens) => tokens.map((token) => token.replaceAll(pattern, () => content));
  },
  CTC: (json) => {
    const pad = readText(json['pad_token'], 'decoder.pad_token', '<pad>');
    const delimiter = readText(json['word_delimiter_token'], 'decoder.word_delimiter_token', '|');
    const cleans = readFlag(json['cleanup'], 'decoder.cleanup', true);
    return (tokens) =>
      tokens
        .filter((token, index) => token !== tokens[index - 1])
        .map((token) => token.replaceAll(pad, ''))
        .map((token) => (cleans ? cleanUp(token).replaceAll(delimiter, ' ') : token))
        .filter((token) => token !== '');
  },
  Sequence: (json) => {
    const all = readList(json['decoders'], 'decoder.decoders').map(readDecoder);
    return (tokens) => all.reduce<string[]>((texts, decoder) => decoder?.(texts) ?? texts, [...tokens]);
  },
};

/** The decoder of a tokenizer file; undefined if it has none: then there are spaces between tokens. */
export function readDecoder(value: unknown): Decoder | undefined {
  if (value === null || value === undefined) return undefined;
  const json = readObject(value, 'decoder');
  const type = readText(json['type'], 'decoder.type');
  if (!Object.hasOwn(READERS, type)) throw malformed('decoder.type', type, `one of ${Object.keys(READERS).join(', ')}`);
  return READERS[type]!(json);
}

/** The bytes a token of GPT-2's alphabet stands for; of any other its UTF-8. */
function bytesOf(token: string): number[] {
  const bytes = Array.from(token, byteOf);
  return bytes.every((byte) => byte !== undefined) ? (bytes as number[]) : [...utf8(token)];
}

const decodeBytes = (bytes: readonly number[]): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));

const BYTE_TOKEN = /^<0x([0-9a-fA-F]{2})>$/;

/** Tokens of bytes become the character they are together; what is none becomes U+FFFD, one per byte. */
const joinByteTokens: Decoder = (tokens) => {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      texts.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      for (let count = 0; count < bytes.length; count++) texts.push('\ufffd');
    }
    bytes = [];
  };
  for (const token of tokens) {
    const byte = BYTE_TOKEN.exec(token)?.[1];
    if (byte !== undefined) {
      bytes.push(Number.parseInt(byte, 16));
      continue;
    }
    flush();
    texts.push(token);
  }
  flush();
  return texts;
};

function strip(token: string, content: string, left: number, right: number): string {
  let text = token;
  for (let count = 0; count < left && text.startsWith(content); count++) text = text.slice(content.length);
  for (let count = 0; count < right && text.endsWith(content); count++) text = text.slice(0, -content.length);
  return text;
}

/** Spaces that were put between words and signs are taken out again. */
const CLEAN_UPS: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

const cleanUp = (text: string): string => CLEAN_UPS.reduce((clean, [from, to]) => clean.replaceAll(from, to), text);

import { DataError } from '@gai/core';

/** What the first bytes of a token file say. */
export interface TokenHeader {
  /** Bytes of an id: 2 or 4. */
  readonly width: 2 | 4;
  /** Ids in all. */
  readonly tokens: number;
  readonly documents: number;
  readonly vocabSize: number;
  readonly separator: number | undefined;
  /** SHA-256 of the tokenizer, in hexadecimal digits. */
  readonly tokenizer: string | undefined;
}

/** Bytes of the header; the ids follow, filled up to a multiple of 8, then where each document begins, as uint64. */
export const HEADER_BYTES = 128;

const MAGIC = 'GAITOKEN';
const VERSION = 1;
const NONE = 0xffff_ffff;
const HASH_AT = 64;
const HASH_BYTES = 32;

/** Where documents' starts are written, for as many tokens. */
export const startsAt = (tokens: number, width: number): number => HEADER_BYTES + Math.ceil((tokens * width) / 8) * 8;

/** How long the file is. */
export const fileSizeOf = ({ tokens, width, documents }: TokenHeader): number =>
  startsAt(tokens, width) + 8 * (documents + 1);

export function writeHeader(header: TokenHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < MAGIC.length; index++) bytes[index] = MAGIC.charCodeAt(index);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, header.width, true);
  view.setBigUint64(16, BigInt(header.tokens), true);
  view.setBigUint64(24, BigInt(header.documents), true);
  view.setUint32(32, header.vocabSize, true);
  view.setUint32(36, header.separator ?? NONE, true);
  const hash = header.tokenizer ?? '';
  for (let index = 0; index < hash.length / 2; index++) {
    bytes[HASH_AT + index] = Number.parseInt(hash.slice(2 * index, 2 * index + 2), 16);
  }
  return bytes;
}

/**
 * Reads and checks a header: sizes that account for every byte of the file.
 * @throws {@link DataError} if it is none, or does not fit the file.
 */
export function readHeader(bytes: Uint8Array, fileSize: number, path: string): TokenHeader {
  const refuse = (what: string, got: string, expected: string): never => {
    throw damaged(path, what, got, expected);
  };
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (bytes.length < HEADER_BYTES || magic !== MAGIC) refuse('it is none', 'other first bytes', MAGIC);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== VERSION) refuse('it has another version', `${version}`, `${VERSION}`);
  const width = view.getUint32(12, true);
  if (width !== 2 && width !== 4) refuse('ids have no such size', `${width} bytes`, '2 or 4');
  const [tokens, documents] = [Number(view.getBigUint64(16, true)), Number(view.getBigUint64(24, true))];
  const vocabSize = view.getUint32(32, true);
  const first = view.getUint32(36, true);
  const separator = first === NONE ? undefined : first;
  const hash = bytes.subarray(HASH_AT, HASH_AT + HASH_BYTES);
  const tokenizer = hash.some((byte) => byte !== 0)
    ? Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
    : undefined;
  const header: TokenHeader = { width: width as 2 | 4, tokens, documents, vocabSize, separator, tokenizer };
  if (!(tokens >= 1 && documents >= 1) || fileSizeOf(header) !== fileSize) {
    refuse('the sizes do not fit', `${tokens} ids, ${documents} documents`, `as many as fill ${fileSize} bytes`);
  }
  const most = width === 2 ? 2 ** 16 : 2 ** 31 - 1;
  if (vocabSize < 1 || vocabSize > most) refuse('vocabSize is out of range', `${vocabSize}`, `1 to ${most}`);
  if (separator !== undefined && separator >= vocabSize)
    refuse('the separator is no token', `${separator}`, `less than ${vocabSize}`);
  return header;
}

/** Says what is wrong with a token file. */
// oxlint-disable-next-line max-params -- a path and the three parts of a message.
export const damaged = (path: string, what: string, got: string, expected: string): DataError =>
  new DataError(
    `openTokens: no good token file: ${what}. Got ${got} in ${path}; expected ${expected}. Write it again with writeTokens.`,
    { op: 'openTokens', details: { path } },
  );

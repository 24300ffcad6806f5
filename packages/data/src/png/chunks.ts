import { crc32 } from '@gai/core/io';
import { pngError, SAVE_AGAIN } from './error.ts';
import { readHeader } from './header.ts';
import type { PngHeader } from './header.ts';

/** The eight bytes every PNG begins with. */
export const SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The parts of a PNG file that decide its pixels. */
export interface PngParts {
  readonly header: PngHeader;
  /** RGB triples. */
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  /** The compressed pixels, in pieces. */
  readonly data: readonly Uint8Array[];
}

interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Takes a PNG file apart, checking order, lengths and checksums. */
export function readParts(bytes: Uint8Array, maxPixels: number): PngParts {
  let header: PngHeader | undefined;
  const found: { palette?: Uint8Array; transparency?: Uint8Array; data: Uint8Array[] } = { data: [] };
  for (const { type, body } of readChunks(bytes)) {
    if (!header) {
      if (type !== 'IHDR') throw pngError('the header is missing', `chunk ${type} first`, `IHDR. ${SAVE_AGAIN}`);
      header = readHeader(body, maxPixels);
    } else if (type === 'PLTE') found.palette = checkPalette(body);
    else if (type === 'tRNS') found.transparency = body;
    else if (type === 'IDAT') found.data.push(body);
    else if (isCritical(type)) {
      throw pngError('a chunk is not known', `${type}`, `IHDR, PLTE, IDAT and IEND. ${SAVE_AGAIN}`);
    }
  }
  if (!header) throw pngError('the header is missing', 'no chunk', `IHDR first. ${SAVE_AGAIN}`);
  return { header, palette: found.palette, transparency: found.transparency, data: found.data };
}

/** The chunks before IEND. */
function* readChunks(bytes: Uint8Array): Generator<Chunk> {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    const start = [...bytes.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw pngError(
      'the signature is wrong',
      start || 'no bytes',
      '89 50 4e 47 0d 0a 1a 0a. Pass the bytes of a PNG file',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) throw truncated(bytes.length, at + 12);
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > bytes.length) throw truncated(bytes.length, end);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw pngError('a checksum is wrong', `a damaged chunk at byte ${at}`, `the CRC to match. ${SAVE_AGAIN}`);
    }
    if (type === 'IEND') return;
    yield { type, body: bytes.subarray(at + 8, end - 4) };
    at = end;
  }
}

function truncated(got: number, expected: number): Error {
  return pngError('the file is cut off', `${got} bytes`, `at least ${expected}. ${SAVE_AGAIN}`);
}

function checkPalette(body: Uint8Array): Uint8Array {
  if (body.length > 0 && body.length % 3 === 0 && body.length <= 768) return body;
  throw pngError('the palette has a wrong length', `${body.length} bytes`, `1 … 256 triples. ${SAVE_AGAIN}`);
}

/** Chunks whose name begins with a capital must be understood. */
function isCritical(type: string): boolean {
  return (type.charCodeAt(0) & 32) === 0;
}

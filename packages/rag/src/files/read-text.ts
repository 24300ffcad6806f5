import { constants, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { hasCode } from '@gai/core/backend';

const unzip = promisify(gunzip);
/** Longest line: what is longer is data, not text. */
const LONGEST_LINE = 1_000_000;

/** What a file holds, or why it is not read. */
export type FileText = { readonly text: string; readonly bytes: number } | { readonly reason: string };

/**
 * The text of a regular file of at most `maxBytes`, unpacked too where it ends in `.gz`. What is no UTF-8, has NUL in it, or a line of
 * more than a million signs, is refused: it is data.
 */
export async function readText(path: string, maxBytes: number): Promise<FileText> {
  const content = await readBytes(path, maxBytes);
  if ('reason' in content) return content;
  const { bytes } = content;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { reason: 'no UTF-8' };
  }
  if (text.includes('\0')) return { reason: 'no text: it holds NUL' };
  if (hasLongLine(text)) return { reason: `a line of more than ${LONGEST_LINE} signs` };
  return { text, bytes: bytes.length };
}

type Bytes = { readonly bytes: Uint8Array } | { readonly reason: string };

/** A link that has come in between is not followed, and a pipe does not make us wait. */
async function readBytes(path: string, maxBytes: number): Promise<Bytes> {
  let file;
  try {
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    return { reason: hasCode(error, 'ELOOP') ? 'a symbolic link; links are not followed' : 'cannot be opened' };
  }
  try {
    const { size } = await file.stat();
    if (size > maxBytes) return { reason: `${size} bytes; at most ${maxBytes} are read` };
    // One more than there should be: a file may grow while it is read.
    const buffer = new Uint8Array(maxBytes === size ? size + 1 : Math.min(maxBytes, size + 65_536) + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read) {
      read = (await file.read(buffer, length, buffer.length - length, length)).bytesRead;
    }
    if (length > maxBytes || length === buffer.length) return { reason: `it grew while it was read` };
    const bytes = buffer.subarray(0, length);
    return path.endsWith('.gz') ? await unpack(bytes, maxBytes) : { bytes };
  } catch {
    return { reason: 'cannot be read' };
  } finally {
    await file.close();
  }
}

async function unpack(bytes: Uint8Array, maxBytes: number): Promise<Bytes> {
  try {
    return { bytes: await unzip(bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    return { reason: hasCode(error, 'ERR_BUFFER_TOO_LARGE') ? `unpacked more than ${maxBytes} bytes` : 'no gzip' };
  }
}

function hasLongLine(text: string): boolean {
  for (let from = 0; text.length - from > LONGEST_LINE;) {
    const end = text.indexOf('\n', from);
    if (end < 0 || end - from > LONGEST_LINE) return true;
    from = end + 1;
  }
  return false;
}

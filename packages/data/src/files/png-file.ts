import { writeFile } from 'node:fs/promises';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { decodePng } from '../png/decode-png.ts';
import type { DecodePngOptions } from '../png/decode-png.ts';
import { encodePng } from '../png/encode-png.ts';
import type { Image } from '../png/image.ts';
import { readBounded } from './read-bounded.ts';

/** Settings of {@link readPng}. */
export interface ReadPngOptions extends DecodePngOptions {
  /** Refuse larger files, in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
}

/**
 * Reads a PNG file from disk; see `decodePng` of `@gai/data` for what it accepts.
 *
 * @param path - The file.
 * @param options.maxBytes - Refuse larger files, in bytes. Default 67,108,864.
 * @throws {@link DataError} if the file cannot be read, is too large or damaged.
 * @example
 * import { tmpdir } from 'node:os';
 * const path = `${tmpdir()}/gai-read-png.png`;
 * await writePng(path, { width: 1, height: 1, channels: 1, data: Uint8Array.of(9) });
 * const image = await readPng(path);
 * image.data; // => [9]
 * @category Formats
 */
export async function readPng(path: string, options: ReadPngOptions = {}): Promise<Image> {
  checkOptionNames('readPng', options, ['maxBytes', 'maxPixels', 'channels', 'background']);
  const { maxBytes = 2 ** 26, ...decoding } = options;
  const bytes = await readBounded(path, maxBytes, 'readPng');
  try {
    return await decodePng(bytes, decoding);
  } catch (cause) {
    if (!DataError.isInstance(cause)) throw cause;
    throw new DataError(`readPng: ${path}: ${cause.message}`, {
      op: 'readPng',
      details: { ...cause.details, path },
      cause,
    });
  }
}

/**
 * Writes an image to a PNG file.
 *
 * @param path - The file; one that exists is replaced.
 * @param image - 8-bit samples, channels last.
 * @throws {@link DataError} if the data does not fill the image or the file cannot be written.
 * @example
 * import { tmpdir } from 'node:os';
 * const white: Image = { width: 2, height: 1, channels: 1, data: Uint8Array.of(255, 255) };
 * await writePng(`${tmpdir()}/gai-white.png`, white);
 * @category Formats
 */
export async function writePng(path: string, image: Image): Promise<void> {
  const bytes = await encodePng(image);
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `writePng: the file cannot be written. Got ${code} for ${path}; expected a writable folder. Check the path and its ` +
        `permissions.`,
      { op: 'writePng', details: { path, code }, cause },
    );
  }
}

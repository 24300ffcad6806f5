import { readdir } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { Dataset } from '../../dataset.ts';
import { readPng } from '../../files/png-file.ts';
import type { Image } from '../../png/image.ts';
import { unitScale } from '../image-row.ts';
import type { ImageRow } from '../image-row.ts';

/** Settings of {@link loadImageFolder}. */
export interface ImageFolderOptions {
  /** 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha; files are converted. Default 3. */
  readonly channels?: Image['channels'];
  /** Refuse folders whose pixels take more memory as float32, in bytes. Default 1 GiB. */
  readonly maxBytes?: number;
}

/** What {@link loadImageFolder} gives. */
export interface ImageFolder {
  readonly data: Dataset<ImageRow>;
  /** Names of the class folders; label `i` means `classes[i]`. */
  readonly classes: readonly string[];
}

const OP = 'loadImageFolder';

/**
 * Reads PNG images from one folder per class, `<folder>/<class>/<image>.png`.
 *
 * Classes and files are taken in the order of their names (by code unit), so labels do not depend on the machine. All
 * images must have one size. Names that begin with a dot are skipped; other formats (JPEG among them) are refused:
 * convert them to PNG first.
 *
 * @param folder - Holds one folder per class.
 * @param options.channels - 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha. Default 3.
 * @param options.maxBytes - Refuse folders whose pixels take more memory as float32, in bytes. Default 1,073,741,824.
 * @returns `data` with columns `x` `[channels, height, width]`, float32, `byte / 255`, and `y`, int32; and `classes`.
 * @throws {@link DataError} if a folder or file cannot be read, is no PNG, differs in size, or there is no image.
 * @example
 * const missing = loadImageFolder('no/such/folder'); // with the images: { data, classes }
 * await missing; // => throws DataError
 * @category Data sets
 */
export async function loadImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  checkOptionNames('loadImageFolder', options, ['channels', 'maxBytes']);
  const { channels = 3, maxBytes = 2 ** 30 } = options;
  const classes = (await list(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files: { path: string; label: number }[] = [];
  for (const [label, name] of classes.entries()) {
    const entries = await list(join(folder, name));
    for (const entry of entries) files.push({ path: join(folder, name, pngName(entry, join(folder, name))), label });
  }
  if (files.length === 0) throw noImages(folder, classes.length);
  const first = await readPng(files[0]!.path, { channels });
  const size = first.data.length;
  if (4 * size * files.length > maxBytes) throw tooLarge(folder, 4 * size * files.length, maxBytes);
  const pixels = new Uint8Array(files.length * size);
  for (const [index, { path }] of files.entries()) {
    const image = index === 0 ? first : await readPng(path, { channels });
    if (image.width !== first.width || image.height !== first.height) throw differs(path, image, first);
    pixels.set(image.data, index * size);
  }
  const data = toPlanes(pixels, { count: files.length, channels, plane: first.width * first.height });
  const x = { data, shape: [files.length, channels, first.height, first.width] as const };
  return { data: Dataset.from({ x, y: Int32Array.from(files, ({ label }) => label) }, { validate: false }), classes };
}

/** `[images, height, width, channels]` bytes → `[images, channels, height, width]` numbers. */
function toPlanes(
  pixels: Uint8Array,
  { count, channels, plane }: { count: number; channels: number; plane: number },
): Float32Array {
  const source = unitScale(pixels);
  if (channels === 1) return source;
  const out = new Float32Array(source.length);
  for (let image = 0; image < count; image++) {
    const start = image * plane * channels;
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < plane; pixel++) {
        out[start + channel * plane + pixel] = source[start + pixel * channels + channel]!;
      }
    }
  }
  return out;
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `${OP}: the folder cannot be read. Got ${code} for ${folder}; expected a folder with one folder per class. Check ` +
        `the path.`,
      { op: OP, details: { folder, code }, cause },
    );
  }
}

function pngName({ name }: Dirent, folder: string): string {
  if (/\.png$/i.test(name)) return name;
  throw new DataError(
    `${OP}: a file is no PNG image. Got ${name} in ${folder}; expected .png files only. Convert it to PNG, or move it away.`,
    { op: OP, details: { folder, file: name } },
  );
}

function noImages(folder: string, classes: number): DataError {
  return new DataError(
    `${OP}: there are no images. Got ${classes} class folders in ${folder} and 0 files; expected <class>/<image>.png. ` +
      `Put the images of each class into a folder of their own.`,
    { op: OP, details: { folder, classes } },
  );
}

function tooLarge(folder: string, bytes: number, maxBytes: number): DataError {
  return new DataError(
    `${OP}: the images are too large together. Got ${bytes} bytes as float32 for ${folder}; expected at most ${maxBytes}. ` +
      `Pass { maxBytes } if there is memory for them.`,
    { op: OP, details: { folder, bytes, maxBytes } },
  );
}

function differs(path: string, image: Image, first: Image): DataError {
  return new DataError(
    `${OP}: the images differ in size. Got ${image.width} × ${image.height} for ${path}; expected ${first.width} × ` +
      `${first.height} as the first. Bring all images to one size.`,
    { op: OP, details: { path, width: image.width, height: image.height } },
  );
}

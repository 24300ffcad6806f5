import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { parseCifar10 } from '../../cifar10.ts';
import { Dataset } from '../../dataset.ts';
import { gunzipBounded, readBounded } from '../../files/read-bounded.ts';
import { unitScale } from '../image-row.ts';
import type { ImageRow, TrainTest } from '../image-row.ts';

/** Settings of {@link loadCifar10}. */
export interface Cifar10Options {
  /** Refuse larger files, packed or unpacked, in bytes. Default 64 MiB. */
  readonly maxBytes?: number;
}

const OP = 'loadCifar10';
const TRAIN = ['data_batch_1.bin', 'data_batch_2.bin', 'data_batch_3.bin', 'data_batch_4.bin', 'data_batch_5.bin'];

/** The ten classes of CIFAR-10, by label. */
export const CIFAR10_CLASSES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/**
 * Reads the binary version of CIFAR-10 from a folder, as `{ train, test }`: 50,000 and 10,000 images, its own split.
 *
 * The folder is the unpacked `cifar-10-batches-bin`: `data_batch_1.bin` … `data_batch_5.bin` and `test_batch.bin`, each
 * packed as `.gz` or not. Nothing is downloaded. In memory the images take 737 MB as float32. See CARD.md beside the
 * source for origin and licence.
 *
 * @param folder - Where the six files are.
 * @param options.maxBytes - Refuse larger files, packed or unpacked, in bytes. Default 67,108,864.
 * @returns Columns `x` `[3, 32, 32]`, float32, `byte / 255`, and `y`, int32, 0 … 9 ({@link CIFAR10_CLASSES}).
 * @throws {@link DataError} if a file is missing, damaged or too large.
 * @example
 * const missing = loadCifar10('no/such/folder'); // with the files: { train, test }
 * await missing; // => throws DataError
 * @see Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
 * @category Data sets
 */
export async function loadCifar10(folder: string, options: Cifar10Options = {}): Promise<TrainTest> {
  checkOptionNames('loadCifar10', options, ['maxBytes']);
  const { maxBytes = 2 ** 26 } = options;
  const names = await listFolder(folder);
  const train: Dataset<ImageRow>[] = [];
  for (const file of TRAIN) train.push(await readPart(folder, findFile(names, file, folder), maxBytes));
  const test = await readPart(folder, findFile(names, 'test_batch.bin', folder), maxBytes);
  return { train: train[0]!.concat(...train.slice(1)), test };
}

async function readPart(folder: string, file: string, maxBytes: number): Promise<Dataset<ImageRow>> {
  const path = join(folder, file);
  const bytes = await gunzipBounded(await readBounded(path, maxBytes, OP), path, { maxBytes, op: OP });
  const { data, shape, labels } = parseCifar10(bytes, { name: path });
  return Dataset.from({ x: { data: unitScale(data), shape }, y: labels }, { validate: false });
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `${OP}: the folder cannot be read. Got ${code} for ${folder}; expected the unpacked cifar-10-batches-bin. Take ` +
        `cifar-10-binary.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html and unpack it.`,
      { op: OP, details: { folder, code }, cause },
    );
  }
}

function findFile(names: readonly string[], file: string, folder: string): string {
  const found = [file, `${file}.gz`].find((name) => names.includes(name));
  if (found !== undefined) return found;
  throw new DataError(
    `${OP}: a file is missing. Got a folder ${folder} without it; expected ${file} or ${file}.gz. Take the binary ` +
      `version of CIFAR-10, not the one for Python or Matlab.`,
    { op: OP, details: { folder, file } },
  );
}

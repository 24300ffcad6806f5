import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@gai/core';
import { Dataset } from '../../dataset.ts';
import { gunzipBounded, readBounded } from '../../files/read-bounded.ts';
import { parseIdx } from '../../idx.ts';
import type { IdxArray } from '../../idx.ts';
import { unitScale } from '../image-row.ts';
import type { ImageRow, TrainTest } from '../image-row.ts';

/** Settings of {@link loadIdxFolder}. */
export interface IdxFolderOptions {
  /** Labels must be 0 … numClasses − 1. Default 10. */
  readonly numClasses?: number;
  /** Refuse larger files, packed or unpacked, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
}

const OP = 'loadIdxFolder';

/**
 * Reads MNIST, Fashion-MNIST or another set of the same form from a folder, as `{ train, test }`.
 *
 * The folder holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
 * `t10k-labels-idx1-ubyte` (also with `.idx3` / `.idx1`), packed as `.gz` or not. On Debian, `apt install
 * dataset-fashion-mnist` puts Fashion-MNIST into `/usr/share/datasets/fashion-mnist`.
 *
 * @param folder - Where the four files are.
 * @param options.numClasses - Labels must be 0 … numClasses − 1. Default 10.
 * @param options.maxBytes - Refuse larger files, packed or unpacked, in bytes. Default 268,435,456.
 * @returns Columns `x` `[1, height, width]`, float32, `byte / 255`, and `y`, int32.
 * @throws {@link DataError} if a file is missing, damaged, too large or does not fit the others.
 * @example
 * const missing = loadIdxFolder('no/such/folder'); // with the files: { train, test }
 * await missing; // => throws DataError
 * @see https://github.com/zalandoresearch/fashion-mnist
 * @category Data sets
 */
export async function loadIdxFolder(folder: string, options: IdxFolderOptions = {}): Promise<TrainTest> {
  const { numClasses = 10, maxBytes = 2 ** 28 } = options;
  const names = await listFolder(folder);
  const read = async (kind: string): Promise<IdxArray> => {
    const path = join(folder, findFile(names, kind, folder));
    const bytes = await gunzipBounded(await readBounded(path, maxBytes, OP), path, { maxBytes, op: OP });
    return parseIdx(bytes, { name: path });
  };
  const part = async (prefix: string): Promise<Dataset<ImageRow>> =>
    combine(await read(`${prefix}-images`), await read(`${prefix}-labels`), { prefix, numClasses });
  return { train: await part('train'), test: await part('t10k') };
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `${OP}: the folder cannot be read. Got ${code} for ${folder}; expected a folder of IDX files. Check the path.`,
      { op: OP, details: { folder, code }, cause },
    );
  }
}

function findFile(names: readonly string[], kind: string, folder: string): string {
  const axes = kind.endsWith('images') ? 3 : 1;
  const plain = [`${kind}-idx${axes}-ubyte`, `${kind}.idx${axes}-ubyte`];
  const found = [...plain, ...plain.map((name) => `${name}.gz`)].find((name) => names.includes(name));
  if (found !== undefined) return found;
  throw new DataError(
    `${OP}: a file is missing. Got a folder ${folder} without it; expected ${plain[0]} or ${plain[0]}.gz. Put the four ` +
      `files of the data set into the folder.`,
    { op: OP, details: { folder, file: plain[0] } },
  );
}

function combine(
  images: IdxArray,
  labels: IdxArray,
  { prefix, numClasses }: { prefix: string; numClasses: number },
): Dataset<ImageRow> {
  const bytes = images.data;
  const [count = 0, height = 0, width = 0] = images.shape;
  const fits = images.shape.length === 3 && labels.shape.length === 1 && labels.shape[0] === count;
  if (!fits || !(bytes instanceof Uint8Array) || labels.dtype !== 'uint8') {
    throw new DataError(
      `${OP}: the ${prefix} files do not fit together. Got images ${images.dtype} [${images.shape.join(',')}] and labels ` +
        `${labels.dtype} [${labels.shape.join(',')}]; expected uint8 [n,height,width] and uint8 [n]. Take all files from ` +
        `one data set.`,
      { op: OP, details: { images: images.shape, labels: labels.shape } },
    );
  }
  const x = { data: unitScale(bytes), shape: [count, 1, height, width] as const };
  return Dataset.from({ x, y: Int32Array.from(labels.data) }, { validate: false, numClasses });
}

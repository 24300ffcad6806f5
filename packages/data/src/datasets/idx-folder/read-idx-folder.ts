import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '@gai/core';
import { Dataset } from '../../dataset.ts';
import { gunzipBounded, readBounded } from '../../files/read-bounded.ts';
import { verifyChecksum } from '../../files/verify-checksum.ts';
import { parseIdx } from '../../idx.ts';
import type { IdxArray } from '../../idx.ts';
import { unitScale } from '../image-row.ts';
import type { ImageRow, TrainTest } from '../image-row.ts';

const REMEDY = 'Install it again, or read other data of this form with loadIdxFolder.';

/** How a folder of IDX files is read. */
export interface ReadIdxFolderOptions {
  /** The loader, for errors. */
  readonly op: string;
  /** Default 10. */
  readonly numClasses?: number;
  /** Default 256 MiB. */
  readonly maxBytes?: number;
  /** SHA-256 of the unpacked files by `train-images` and so on; others are refused. Default: not checked. */
  readonly checksums?: Readonly<Record<string, string>>;
}

/** Reads the four IDX files of a folder as `{ train, test }`. */
export async function readIdxFolder(folder: string, options: ReadIdxFolderOptions): Promise<TrainTest> {
  const { op, numClasses = 10, maxBytes = 2 ** 28, checksums } = options;
  const names = await listFolder(folder, op);
  const read = async (kind: string): Promise<IdxArray> => {
    const path = join(folder, findFile(names, kind, { folder, op }));
    const bytes = await gunzipBounded(await readBounded(path, maxBytes, op), path, { maxBytes, op });
    if (checksums) {
      verifyChecksum([bytes], { op, expected: checksums[kind]!, what: 'the file differs', path, remedy: REMEDY });
    }
    return parseIdx(bytes, { name: path });
  };
  const part = async (prefix: string): Promise<Dataset<ImageRow>> =>
    combine(await read(`${prefix}-images`), await read(`${prefix}-labels`), { prefix, numClasses, op });
  return { train: await part('train'), test: await part('t10k') };
}

async function listFolder(folder: string, op: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DataError(
      `${op}: the folder cannot be read. Got ${code} for ${folder}; expected a folder of IDX files. Check the path.`,
      { op, details: { folder, code }, cause },
    );
  }
}

function findFile(names: readonly string[], kind: string, { folder, op }: { folder: string; op: string }): string {
  const axes = kind.endsWith('images') ? 3 : 1;
  const plain = [`${kind}-idx${axes}-ubyte`, `${kind}.idx${axes}-ubyte`];
  const found = [...plain, ...plain.map((name) => `${name}.gz`)].find((name) => names.includes(name));
  if (found !== undefined) return found;
  throw new DataError(
    `${op}: a file is missing. Got a folder ${folder} without it; expected ${plain[0]} or ${plain[0]}.gz. Put the four ` +
      `files of the data set into the folder.`,
    { op, details: { folder, file: plain[0] } },
  );
}

function combine(
  images: IdxArray,
  labels: IdxArray,
  { prefix, numClasses, op }: { prefix: string; numClasses: number; op: string },
): Dataset<ImageRow> {
  const bytes = images.data;
  const [count = 0, height = 0, width = 0] = images.shape;
  const fits = images.shape.length === 3 && labels.shape.length === 1 && labels.shape[0] === count;
  if (!fits || !(bytes instanceof Uint8Array) || labels.dtype !== 'uint8') {
    throw new DataError(
      `${op}: the ${prefix} files do not fit together. Got images ${images.dtype} [${images.shape.join(',')}] and labels ` +
        `${labels.dtype} [${labels.shape.join(',')}]; expected uint8 [n,height,width] and uint8 [n]. Take all files from ` +
        `one data set.`,
      { op, details: { images: images.shape, labels: labels.shape } },
    );
  }
  const x = { data: unitScale(bytes), shape: [count, 1, height, width] as const };
  return Dataset.from({ x, y: Int32Array.from(labels.data) }, { validate: false, numClasses });
}

import { checkOptionNames } from '@gai/core/ops';
import type { TrainTest } from '../image-row.ts';
import { readIdxFolder } from './read-idx-folder.ts';

/** Settings of {@link loadIdxFolder}. */
export interface IdxFolderOptions {
  /** Labels must be 0 … numClasses − 1. Default 10. */
  readonly numClasses?: number;
  /** Refuse larger files, packed or unpacked, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
}

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
  checkOptionNames('loadIdxFolder', options, ['numClasses', 'maxBytes']);
  return readIdxFolder(folder, { op: 'loadIdxFolder', ...options });
}

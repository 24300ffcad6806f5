import { existsSync } from 'node:fs';
import { DataError } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import type { TrainTest } from '../image-row.ts';
import { readIdxFolder } from '../idx-folder/read-idx-folder.ts';

/** Settings of {@link loadFashionMnist}. */
export interface FashionMnistOptions {
  /** Where the four files are. Default: `FASHION_MNIST_DIR` of the environment, else Debian's place. */
  readonly folder?: string;
}

const OP = 'loadFashionMnist';
/** Where Debian's package dataset-fashion-mnist puts the files. */
const DEBIAN = '/usr/share/datasets/fashion-mnist';
/** SHA-256 of the unpacked files. */
const CHECKSUMS = {
  'train-images': 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
  'train-labels': 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
  't10k-images': '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
  't10k-labels': '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
};

/** The ten kinds of clothing of Fashion-MNIST, by label. */
export const FASHION_MNIST_CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;

/**
 * Loads Fashion-MNIST as `{ train, test }`: 60,000 and 10,000 images of clothing, its own split.
 *
 * The files are not downloaded: install them with `apt install dataset-fashion-mnist` on Debian or Ubuntu, or name a
 * folder with the four IDX files, packed as `.gz` or not. Their contents are verified against checksums. See CARD.md
 * beside the source for origin and licence.
 *
 * @param options.folder - Where the four files are. Default: the environment variable `FASHION_MNIST_DIR`, else
 *   `/usr/share/datasets/fashion-mnist`.
 * @returns Columns `x` `[1, 28, 28]`, float32, 0 (background) … 1, and `y`, int32, 0 … 9
 *   ({@link FASHION_MNIST_CLASSES}).
 * @throws {@link DataError} if the files are missing (it names the commands) or differ from the known ones.
 * @example
 * const missing = loadFashionMnist({ folder: 'no/such/folder' }); // with the files: { train, test }
 * await missing; // => throws DataError
 * @see Xiao, Rasul, Vollgraf 2017, https://arxiv.org/abs/1708.07747
 * @category Data sets
 */
export async function loadFashionMnist(options: FashionMnistOptions = {}): Promise<TrainTest> {
  checkOptionNames('loadFashionMnist', options, ['folder']);
  const folder = options.folder ?? (process.env['FASHION_MNIST_DIR'] || DEBIAN);
  if (!existsSync(folder)) throw notInstalled(folder);
  return readIdxFolder(folder, { op: OP, checksums: CHECKSUMS });
}

function notInstalled(folder: string): DataError {
  return new DataError(
    `${OP}: the data is not installed. Got no folder ${folder}; expected the four IDX files in it. Run apt install ` +
      `dataset-fashion-mnist (Debian, Ubuntu), or take the files from https://github.com/zalandoresearch/fashion-mnist ` +
      `and set FASHION_MNIST_DIR or pass { folder }.`,
    { op: OP, details: { folder, install: 'apt install dataset-fashion-mnist' } },
  );
}

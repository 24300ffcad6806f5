import { checkOptionNames } from '@gai/core/ops';
import type { Dataset } from '../dataset.ts';
import { parseCsv } from '../text/parse-csv.ts';
import type { CsvOptions } from '../text/parse-csv.ts';
import { parseJsonl } from '../text/parse-jsonl.ts';
import type { JsonlOptions } from '../text/parse-jsonl.ts';
import { gunzipBounded, readBounded } from './read-bounded.ts';

/** How large a file may be. */
export interface FileLimits {
  /** Refuse larger files, packed or unpacked, in bytes. Default 256 MiB. */
  readonly maxBytes?: number;
}

/**
 * Reads a CSV file, packed as gzip or not; see `parseCsv` of `@gai/data` for what it accepts.
 * @param path - The file.
 * @param options.maxBytes - Refuse larger files, packed or unpacked, in bytes. Default 268,435,456.
 * @throws {@link DataError} if the file cannot be read, is too large or malformed.
 * @example
 * const missing = readCsv('no/such/table.csv'); // with the file: a Dataset
 * await missing; // => throws DataError
 * @category Files
 */
export async function readCsv(
  path: string,
  options: CsvOptions & FileLimits = {},
): Promise<Dataset<Record<string, unknown>>> {
  checkOptionNames('readCsv', options, [
    'header',
    'delimiter',
    'dtypes',
    'missingValues',
    'missing',
    'maxColumns',
    'name',
    'maxBytes',
  ]);
  const { maxBytes, ...parsing } = options;
  return parseCsv(await readText(path, maxBytes, 'readCsv'), { name: path, ...parsing });
}

/**
 * Reads a JSON Lines file, packed as gzip or not; see `parseJsonl` of `@gai/data` for what it accepts.
 * @param path - The file.
 * @param options.maxBytes - Refuse larger files, packed or unpacked, in bytes. Default 268,435,456.
 * @throws {@link DataError} if the file cannot be read, is too large or malformed.
 * @example
 * const missing = readJsonl('no/such/lines.jsonl'); // with the file: a Dataset
 * await missing; // => throws DataError
 * @category Files
 */
export async function readJsonl(
  path: string,
  options: JsonlOptions & FileLimits = {},
): Promise<Dataset<Record<string, unknown>>> {
  checkOptionNames('readJsonl', options, ['fields', 'dtypes', 'maxLineLength', 'name', 'maxBytes']);
  const { maxBytes, ...parsing } = options;
  return parseJsonl(await readText(path, maxBytes, 'readJsonl'), { name: path, ...parsing });
}

async function readText(path: string, maxBytes: number | undefined, op: string): Promise<Uint8Array> {
  const most = maxBytes ?? 2 ** 28;
  return gunzipBounded(await readBounded(path, most, op), path, { maxBytes: most, op });
}

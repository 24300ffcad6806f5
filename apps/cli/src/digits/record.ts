import { join, resolve } from 'node:path';
import { fileStorage } from '@gai/backend-node';
import { DataError } from '@gai/core/errors';
import { DIGITS_MODELS } from './model-names.ts';

/** What a run was begun with: written beside the checkpoint, for `gai replay` and `gai runs`. */
export interface DigitsRecord {
  readonly command: 'train digits';
  readonly model: string;
  readonly epochs: number;
  readonly seed: number;
  readonly augment: boolean;
  /** From the root on; null: the digits that come along. */
  readonly dataDir: string | null;
  readonly device: string;
  readonly threads: number;
}

/** Writes the record of a run, whole or not at all. */
export async function writeDigitsRecord(out: string, record: DigitsRecord): Promise<void> {
  const dataDir = record.dataDir === null ? null : resolve(record.dataDir);
  const text = JSON.stringify({ ...record, dataDir }, null, 2);
  await fileStorage.writeAtomic(join(out, 'run.json'), [new TextEncoder().encode(`${text}\n`)]);
}

/** The record in what `run.json` holds. */
export function parseDigitsRecord(value: Readonly<Record<string, unknown>>, folder: string): DigitsRecord {
  const { model, epochs, seed, augment, dataDir, device, threads } = value;
  const isCount = (one: unknown, least: number): boolean => Number.isSafeInteger(one) && (one as number) >= least;
  const fits =
    (DIGITS_MODELS as readonly unknown[]).includes(model) &&
    isCount(epochs, 1) &&
    isCount(seed, 0) &&
    isCount(threads, 1) &&
    typeof augment === 'boolean' &&
    typeof device === 'string' &&
    (dataDir === null || typeof dataDir === 'string');
  if (fits) return value as unknown as DigitsRecord;
  throw new DataError(
    `replay: this is no record of a run of digits. Got other contents of ${join(folder, 'run.json')}; expected what gai train digits ` +
      'writes. Train anew, in another folder.',
    { op: 'replay', details: { folder } },
  );
}

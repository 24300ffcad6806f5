import type { ByteSource } from '@gai/core/io';
import { quote, refuse } from '../errors.ts';
import type { PickleRules } from '../pickle/machine.ts';
import type { PickleValue } from '../pickle/values.ts';
import { findName } from './names.ts';
import { readStorage } from './rebuild.ts';
import { Storage, StridedView } from './storage.ts';

/** What a checkpoint holds, and where. */
export interface Checkpoint {
  readonly value: PickleValue;
  /** Bytes of the pickle: a measure of how much there can be in it. */
  readonly pickleLength: number;
  /** Where the bytes of each storage begin in the file, by its key. */
  readonly places: ReadonlyMap<string, number>;
}

/** Bytes of a pickle that are looked at, at most; weights are not in it. */
export const MAX_PICKLE_BYTES = 1 << 28;

/** Rules for the pickles of torch, and the largest extent of each storage that was named. */
export function torchRules(): { rules: PickleRules; storages: ReadonlyMap<string, Storage> } {
  const storages = new Map<string, Storage>();
  const rules: PickleRules = {
    op: 'openTorch',
    find: findName,
    takesState: (value) => value instanceof Map || value instanceof StridedView,
    persistent(id) {
      const storage = readStorage(id);
      const known = storages.get(storage.key);
      if (known === undefined || endOf(known) < endOf(storage)) storages.set(storage.key, storage);
      return storage;
    },
  };
  return { rules, storages };
}

/** Where a storage ends in the bytes that its key stands for. */
export const endOf = ({ byteOffset, byteLength }: Storage): number => byteOffset + byteLength;

/** Refuses a storage of which the file has fewer bytes than its tensors are told to look at. */
export function checkStorage(storage: Storage, available: number): void {
  if (endOf(storage) <= available) return;
  refuse({
    op: 'openTorch',
    problem: `storage ${quote(storage.key)} is cut off`,
    got: `${available} bytes`,
    expected: `${endOf(storage)}`,
  });
}

/** The first bytes of a file: they tell the formats apart. */
export const readStart = (source: ByteSource, length: number): Promise<Uint8Array> =>
  source.read(0, Math.min(length, source.size));

import type { Backend, DeviceBuffer } from '../backend/backend.ts';
import type { Leaf } from './tensor.ts';

/** For data of the host and of files: the copies that backends have of it. */
const residents = new WeakMap<Leaf, DeviceBuffer[]>();

/** What a backend has of a leaf (undefined: whichever has it). */
export function residentOf(leaf: Leaf, backend: Backend | undefined): DeviceBuffer | undefined {
  const copies = residents.get(leaf);
  if (copies === undefined) return undefined;
  for (const buffer of copies)
    if (!buffer.disposed && (backend === undefined || buffer.backend === backend)) return buffer;
  return undefined;
}

/** Remembers that a backend has a leaf now. */
export function keepResident(leaf: Leaf, buffer: DeviceBuffer): void {
  const others = (residents.get(leaf) ?? []).filter((other) => !other.disposed);
  residents.set(leaf, [...others, buffer]);
}

/** Frees what backends have of a leaf. The data is where it was: what is computed with it later moves it anew. */
export function dropResidents(leaf: Leaf): void {
  const copies = residents.get(leaf);
  if (copies === undefined) return;
  residents.delete(leaf);
  for (const buffer of copies) buffer.dispose();
}

import { isHostArray } from '../host-array.ts';

/** What a worker is asked: change this batch. */
export interface MapRequest {
  readonly id: number;
  readonly batch: Readonly<Record<string, unknown>>;
  readonly epoch: number;
  readonly index: number;
  readonly seed: number;
}

/** What it answers: the changed batch, or what went wrong. */
export type MapReply =
  | { readonly id: number; readonly batch: Readonly<Record<string, unknown>> }
  | { readonly id: number; readonly error: unknown };

/** Where a worker finds the function, given to it at its start. */
export interface MapModule {
  readonly module: string;
  readonly name: string;
}

/** The buffers of a batch's arrays, to be moved and not copied. A buffer that the array fills only in part stays. */
export function buffersOf(batch: Readonly<Record<string, unknown>>): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  for (const value of Object.values(batch)) {
    if (!isHostArray(value)) continue;
    const { buffer, byteLength } = value.data;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) found.add(buffer);
  }
  return [...found];
}

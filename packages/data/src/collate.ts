import { tensor } from '@gai/core';
import { isHostArray } from './host-array.ts';
import type { Batch, HostBatch } from './types.ts';

/** Turns the host arrays of a batch into tensors; the only place of this package that makes tensors. */
export function collate<Row extends object>(batch: HostBatch<Row>): Batch<Row> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(batch)) {
    out[name] = isHostArray(value) ? tensor(value.data, { dtype: value.dtype, shape: value.shape }) : value;
  }
  return out as Batch<Row>;
}

import { pngError, SAVE_AGAIN } from './error.ts';

/** The neighbour (left, above, upper left) that is closest to left + above − upper left. */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/** What filter `type` predicts for byte `i` of a row; `unit` is the number of bytes of a pixel. */
export function predict(type: number, row: Uint8Array, above: Uint8Array, at: { i: number; unit: number }): number {
  const { i, unit } = at;
  const left = i >= unit ? row[i - unit]! : 0;
  if (type === 1) return left;
  if (type === 2) return above[i]!;
  if (type === 3) return (left + above[i]!) >> 1;
  return paeth(left, above[i]!, i >= unit ? above[i - unit]! : 0);
}

/**
 * Undoes the row filters of one pass in place.
 * @param raw - `height` rows of one filter byte and `stride` bytes.
 * @param unit - Bytes of a pixel, at least 1.
 */
export function unfilter(raw: Uint8Array, stride: number, unit: number): void {
  let above: Uint8Array = new Uint8Array(stride);
  for (let start = 0; start < raw.length; start += stride + 1) {
    const type = raw[start]!;
    const row = raw.subarray(start + 1, start + 1 + stride);
    if (type > 4) throw pngError('a row filter is unknown', `${type}`, `0 … 4. ${SAVE_AGAIN}`);
    unfilterRow(type, row, above, unit);
    above = row;
  }
}

function unfilterRow(type: number, row: Uint8Array, above: Uint8Array, unit: number): void {
  if (type === 0) return;
  if (type === 1) for (let i = unit; i < row.length; i++) row[i] = row[i]! + row[i - unit]!;
  else if (type === 2) for (let i = 0; i < row.length; i++) row[i] = row[i]! + above[i]!;
  else {
    const at = { i: 0, unit };
    for (; at.i < row.length; at.i++) row[at.i] = row[at.i]! + predict(type, row, above, at);
  }
}

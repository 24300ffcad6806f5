import { allocateStored } from './host-array.ts';
import type { HostArray } from './host-array.ts';
import type { ArrayColumn, Column } from './column.ts';

/** The rows `index` of a column, copied: one array with the rows first, or a list. */
export function gatherColumn(column: Column, index: Uint32Array): HostArray | unknown[] {
  return column.kind === 'list' ? Array.from(index, (row) => column.values[row]) : gatherArray(column, index);
}

function gatherArray(column: ArrayColumn, index: Uint32Array): HostArray {
  const { data, rowSize, dtype, rowShape } = column;
  const out = allocateStored(dtype, index.length * rowSize)!;
  if (rowSize === 1) {
    for (let i = 0; i < index.length; i++) out[i] = data[index[i]!]!;
  } else {
    for (let i = 0; i < index.length; i++) {
      const start = index[i]! * rowSize;
      out.set(data.subarray(start, start + rowSize), i * rowSize);
    }
  }
  return { data: out, shape: [index.length, ...rowShape], dtype };
}

/** One row of a column without copying: a number, a boolean, a view, or the list's item. */
export function cellOf(column: Column, row: number): unknown {
  if (column.kind === 'list') return column.values[row];
  const { data, rowSize, rowShape, dtype } = column;
  if (rowShape.length > 0) return { data: data.subarray(row * rowSize, (row + 1) * rowSize), shape: rowShape, dtype };
  return dtype === 'bool' ? data[row] !== 0 : data[row];
}

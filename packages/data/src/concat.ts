import { DataError } from '@gai/core';
import type { ArrayColumn, Column } from './column.ts';
import { gatherColumn } from './gather.ts';
import type { HostArray } from './host-array.ts';
import { allocateStored } from './host-array.ts';

/** Columns and the rows of them that a view shows. */
export interface View {
  readonly columns: ReadonlyMap<string, Column>;
  readonly index: Uint32Array;
}

/** New columns that hold the rows of all views, in order. */
export function concatColumns(views: readonly View[]): ReadonlyMap<string, Column> {
  const first = views[0]!;
  const signature = describe(first.columns);
  for (const view of views) {
    if (describe(view.columns) !== signature) throw differentColumns(describe(view.columns), signature);
  }
  const out = new Map<string, Column>();
  for (const [name, column] of first.columns) {
    const parts = views.map((view) => gatherColumn(view.columns.get(name)!, view.index));
    out.set(name, column.kind === 'list' ? joinLists(parts as unknown[][]) : joinArrays(column, parts as HostArray[]));
  }
  return out;
}

function joinLists(parts: readonly unknown[][]): Column {
  const values = parts.flat(1);
  return { kind: 'list', values, length: values.length };
}

function joinArrays(column: ArrayColumn, parts: readonly HostArray[]): Column {
  const length = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  const data = allocateStored(column.dtype, length * column.rowSize)!;
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { ...column, data, length };
}

/** Names, dtypes and row shapes in one line, independent of the order of the columns. */
function describe(columns: ReadonlyMap<string, Column>): string {
  const parts = Array.from(columns, ([name, column]) =>
    column.kind === 'list' ? `${name}: list` : `${name}: ${column.dtype} [${column.rowShape.join(',')}]`,
  );
  return parts.sort().join(', ');
}

function differentColumns(got: string, expected: string): DataError {
  return new DataError(
    `Dataset.concat: the columns differ. Got ${got}; expected ${expected}. Convert or rename the columns with map.`,
    { op: 'Dataset.concat', details: { got, expected } },
  );
}

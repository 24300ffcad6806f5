import { DataError } from '@gai/core';

/** Turns a list of objects into lists by field; every object must have the fields of the first. */
export function columnsOfRows(rows: readonly object[]): Record<string, unknown[]> {
  const names = Object.keys(rows[0] ?? {});
  const columns: Record<string, unknown[]> = Object.fromEntries(names.map((name) => [name, []]));
  rows.forEach((row, i) => {
    for (const name of names) {
      if (!Object.hasOwn(row, name)) throw missingField(name, i);
      columns[name]!.push((row as Record<string, unknown>)[name]);
    }
  });
  return columns;
}

function missingField(name: string, row: number): DataError {
  return new DataError(
    `dataset: a row lacks a field. Got no '${name}' in row ${row}; expected the fields of row 0 in every row. ` +
      `Add the field or drop the row.`,
    { op: 'dataset', details: { field: name, row } },
  );
}

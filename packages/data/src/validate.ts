import { DataError } from '@gai/core';
import type { ArrayColumn, Column } from './column.ts';
import type { DatasetOptions } from './types.ts';

/** Checks that the columns form a data set: some rows, equal lengths, finite numbers, labels in range. */
export function validateColumns(columns: ReadonlyMap<string, Column>, options: DatasetOptions): void {
  checkLengths(columns);
  if (options.validate ?? true) {
    for (const [name, column] of columns) if (column.kind === 'array') checkFinite(name, column);
  }
  const { numClasses } = options;
  if (numClasses === undefined) return;
  const limits = typeof numClasses === 'number' ? { y: numClasses } : numClasses;
  for (const [name, classes] of Object.entries(limits)) checkLabels(name, columns.get(name), classes);
}

function checkLengths(columns: ReadonlyMap<string, Column>): void {
  const [first, ...others] = columns;
  if (first === undefined || first[1].length === 0) {
    throw new DataError(
      `dataset: there are no rows. Got ${first ? `column '${first[0]}' of length 0` : 'no columns'}; expected at least ` +
        `1 column and 1 row. Check where the data comes from.`,
      { op: 'dataset' },
    );
  }
  for (const [name, column] of others) {
    if (column.length === first[1].length) continue;
    throw new DataError(
      `dataset: columns differ in length. Got ${first[1].length} rows in '${first[0]}' and ${column.length} in ` +
        `'${name}'; expected equal lengths. Drop the rows that have no counterpart.`,
      { op: 'dataset', details: { [first[0]]: first[1].length, [name]: column.length } },
    );
  }
}

function checkFinite(name: string, column: ArrayColumn): void {
  if (column.dtype !== 'float32' && column.dtype !== 'float64') return;
  const { data } = column;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value - value === 0) continue; // NaN − NaN and ∞ − ∞ are NaN
    const row = Math.floor(i / column.rowSize);
    throw new DataError(
      `dataset: column '${name}' holds a number that is not finite. Got ${value} in row ${row}; expected finite ` +
        `numbers. Clean the data, or pass { validate: false } to accept it.`,
      { op: 'dataset', details: { column: name, row, value } },
    );
  }
}

function checkLabels(name: string, column: Column | undefined, classes: number): void {
  if (column?.kind !== 'array' || column.rowShape.length > 0) {
    throw new DataError(
      `dataset: numClasses names a column that holds no labels. Got '${name}'; expected a column with one number per ` +
        `row. Name the label column: { numClasses: { label: ${classes} } }.`,
      { op: 'dataset', details: { column: name } },
    );
  }
  for (let row = 0; row < column.length; row++) {
    const label = column.data[row]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DataError(
      `dataset: a label is out of range. Got ${label} in row ${row} of '${name}'; expected an integer in 0 … ` +
        `${classes - 1}. Correct the label or numClasses (${classes}).`,
      { op: 'dataset', details: { column: name, row, label, numClasses: classes } },
    );
  }
}

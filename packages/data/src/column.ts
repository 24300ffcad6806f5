import { DataError, DTypeError, ShapeError } from '@gai/core';
import type { DType, TypedArray } from '@gai/core';
import { allocateStored, elements, isHostArray, isStoredAs, isTypedArray, STORED_DTYPES } from './host-array.ts';
import type { HostArray, NumberArray } from './host-array.ts';
import type { ArrayColumnSource, ColumnSource, NestedNumbers } from './types.ts';

/** A numeric column: all rows in one typed array. */
export interface ArrayColumn {
  readonly kind: 'array';
  readonly data: NumberArray;
  readonly dtype: DType;
  /** Shape of one row; `[]` for one number per row. */
  readonly rowShape: readonly number[];
  /** Elements of one row. */
  readonly rowSize: number;
  readonly length: number;
}

/** A column of any JavaScript values. */
interface ListColumn {
  readonly kind: 'list';
  readonly values: readonly unknown[];
  readonly length: number;
}

/** One column of a data set. */
export type Column = ArrayColumn | ListColumn;

/** Makes a column from what the user gave; `dtype` applies to plain numbers. */
export function makeColumn(name: string, source: ColumnSource, dtype?: DType): Column {
  if (isTypedArray(source)) return arrayColumn(name, { data: source, shape: [source.length], ...(dtype && { dtype }) });
  if (Array.isArray(source)) return columnOfItems(name, source, dtype);
  if (typeof source === 'object' && source !== null && 'data' in source) {
    const shape = source.shape ?? [source.data.length];
    const given = source.dtype ?? dtype;
    return arrayColumn(name, { data: source.data, shape, ...(given && { dtype: given }) });
  }
  throw new DataError(
    `dataset: column '${name}' is not a column. Got ${source === null ? 'null' : typeof source}; ` +
      `expected a typed array, an array, or { data, shape, dtype }. Wrap one row's value in an array.`,
    { op: 'dataset', details: { column: name } },
  );
}

/** A column from one JavaScript value per row; what the first row holds decides its kind. */
function columnOfItems(name: string, items: readonly unknown[], dtype?: DType): Column {
  const first = items[0];
  if (typeof first === 'number') return numberColumn(name, items, dtype ?? 'float32');
  if (typeof first === 'boolean') return numberColumn(name, items, dtype ?? 'bool');
  if (isTypedArray(first) || isHostArray(first)) return stackColumn(name, items);
  if (isNestedNumbers(first)) return nestedColumn(name, items, dtype ?? 'float32');
  return { kind: 'list', values: items, length: items.length };
}

function numberColumn(name: string, items: readonly unknown[], dtype: DType): ArrayColumn {
  const kind = dtype === 'bool' ? 'boolean' : 'number';
  const values = items.map((item, row) => {
    if (typeof item === kind) return Number(item);
    throw mixedColumn(name, row, kind, item);
  });
  return arrayColumn(name, { data: values, shape: [values.length], dtype });
}

/** One typed array or host array per row, all of one shape and dtype. */
function stackColumn(name: string, items: readonly unknown[]): ArrayColumn {
  const rows = items.map((item, row) => rowArray(name, item, row));
  const first = rows[0]!;
  const size = elements(first.shape);
  const out = allocate(name, first.dtype, size * rows.length);
  rows.forEach((array, row) => {
    if (array.dtype !== first.dtype) throw mixedColumn(name, row, first.dtype, array.dtype);
    if (array.shape.join() !== first.shape.join()) throw raggedColumn(name, row, array.shape, first.shape);
    out.set(array.data, row * size);
  });
  return arrayColumn(name, { data: out, shape: [rows.length, ...first.shape], dtype: first.dtype });
}

function rowArray(name: string, item: unknown, row: number): HostArray {
  if (isHostArray(item)) return item;
  if (isTypedArray(item)) {
    const dtype = dtypeOfArray(name, item);
    return { data: checkStored(name, item, dtype), shape: [item.length], dtype };
  }
  throw mixedColumn(name, row, 'array', item);
}

/** One nested array of numbers per row. */
function nestedColumn(name: string, items: readonly unknown[], dtype: DType): ArrayColumn {
  const rowShape = shapeOfNested(items[0] as NestedNumbers);
  const values: number[] = [];
  items.forEach((item, row) => {
    const before = values.length;
    if (!isNestedNumbers(item)) throw mixedColumn(name, row, 'array', item);
    const shape = shapeOfNested(item);
    flattenInto(values, item);
    const regular = shape.join() === rowShape.join() && values.length - before === elements(rowShape);
    if (!regular) throw raggedColumn(name, row, shape, rowShape);
  });
  return arrayColumn(name, { data: values, shape: [items.length, ...rowShape], dtype });
}

function isNestedNumbers(value: unknown): value is NestedNumbers {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((item) => typeof item === 'number' || isNestedNumbers(item));
}

function shapeOfNested(value: NestedNumbers): number[] {
  const first = value[0];
  return typeof first === 'object' ? [value.length, ...shapeOfNested(first)] : [value.length];
}

function flattenInto(out: number[], value: NestedNumbers): void {
  for (const item of value) {
    if (typeof item === 'number') out.push(item);
    else flattenInto(out, item);
  }
}

/** Checks and stores `{ data, shape, dtype }` where the shape has the rows first. */
function arrayColumn(name: string, source: ArrayColumnSource & { readonly shape: readonly number[] }): ArrayColumn {
  const { shape } = source;
  if (shape.length === 0 || shape.some((size) => !Number.isSafeInteger(size) || size < 0)) {
    throw new ShapeError(
      `dataset: column '${name}' has no valid shape. Got [${shape.join(',')}]; expected non-negative integers, ` +
        `rows first. Pass shape: [rows, ...rowShape].`,
      { op: 'dataset', details: { column: name, shape } },
    );
  }
  if (elements(shape) !== source.data.length) {
    throw new ShapeError(
      `dataset: column '${name}' does not fill its shape. Got ${source.data.length} values for ` +
        `[${shape.join(',')}]; expected ${elements(shape)}. Correct the shape or the data.`,
      { op: 'dataset', details: { column: name, shape, length: source.data.length } },
    );
  }
  const data = isTypedArray(source.data)
    ? checkStored(name, source.data, source.dtype)
    : storeNumbers(name, source.data, source.dtype ?? 'float32');
  const rowShape = shape.slice(1);
  const dtype = source.dtype ?? (isTypedArray(source.data) ? dtypeOfArray(name, source.data) : 'float32');
  return { kind: 'array', data, dtype, rowShape, rowSize: elements(rowShape), length: shape[0]! };
}

function checkStored(name: string, data: TypedArray, dtype: DType | undefined): NumberArray {
  const expected = dtype ?? dtypeOfArray(name, data);
  if (isStoredAs(data, expected)) return data;
  if (!STORED_DTYPES.includes(expected)) throw unstoredDType(name, expected);
  throw new DTypeError(
    `dataset: column '${name}' is not stored as its dtype. Got ${data.constructor.name} for ${expected}; expected ` +
      `${allocate(name, expected, 0).constructor.name}. Convert the data or change the dtype.`,
    { op: 'dataset', details: { column: name, dtype: expected, array: data.constructor.name } },
  );
}

function storeNumbers(name: string, values: readonly number[], dtype: DType): NumberArray {
  const out = allocate(name, dtype, values.length);
  const float = dtype === 'float32' || dtype === 'float64';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    out[i] = value;
    if (!float && out[i] !== value) throw doesNotFit(name, i, value, dtype);
  }
  return out;
}

function doesNotFit(name: string, index: number, value: number, dtype: DType): DataError {
  return new DataError(
    `dataset: a value of column '${name}' does not fit its dtype. Got ${value} at index ${index}; expected an integer ` +
      `that ${dtype} holds. Use another dtype or correct the value.`,
    { op: 'dataset', details: { column: name, index, value, dtype } },
  );
}

function dtypeOfArray(name: string, data: TypedArray): DType {
  const found = STORED_DTYPES.find((dtype) => isStoredAs(data, dtype));
  if (found) return found;
  throw unstoredDType(name, data.constructor.name);
}

function allocate(name: string, dtype: DType, length: number): NumberArray {
  const out = allocateStored(dtype, length);
  if (out) return out;
  throw unstoredDType(name, dtype);
}

function unstoredDType(name: string, got: string): DTypeError {
  return new DTypeError(
    `dataset: column '${name}' has a dtype that a data set does not store. Got ${got}; expected one of ` +
      `${STORED_DTYPES.join(', ')}. Convert the column (labels and indices: int32).`,
    { op: 'dataset', details: { column: name, dtype: got } },
  );
}

function mixedColumn(name: string, row: number, kind: string, got: unknown): DataError {
  const shown = typeof got === 'string' ? got : got === null ? 'null' : typeof got;
  return new DataError(
    `dataset: column '${name}' mixes kinds of values. Got ${shown} in row ${row}; expected ${kind} as in row 0. ` +
      `Give every row the same kind of value.`,
    { op: 'dataset', details: { column: name, row } },
  );
}

function raggedColumn(name: string, row: number, got: readonly number[], expected: readonly number[]): ShapeError {
  return new ShapeError(
    `dataset: rows of column '${name}' differ in shape. Got [${got.join(',')}] in row ${row}; expected ` +
      `[${expected.join(',')}] as in row 0. Pad or crop the rows to one shape.`,
    { op: 'dataset', details: { column: name, row, got, expected } },
  );
}

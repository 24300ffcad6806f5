import type { DType, TypedArray } from './dtype.ts';
import { isFloat } from './dtype.ts';
import { toNumber } from './number.ts';

/** Above this many elements only the ends of every axis are shown, as NumPy does. */
const SHOWN_IN_FULL = 1000;
/** How many elements are shown at either end of an axis that is cut. */
const EDGE = 3;

/**
 * The elements as nested rows, the way NumPy prints them: columns in line, long axes cut in the middle.
 * @param indent - Spaces in front of every row but the first.
 */
export function arrayText(
  data: TypedArray,
  { dtype, shape }: { dtype: DType; shape: readonly number[] },
  indent = 0,
): string {
  const isCut = data.length > SHOWN_IN_FULL;
  const cells: Cell[] = [];
  const collect = (axis: number, from: number, width: number): Row => {
    if (axis === shape.length) return cells.push(cellOf(data[from]!, dtype)) - 1;
    const size = shape[axis]!;
    const step = width / size;
    const shown = isCut && size > 2 * EDGE ? [...places(EDGE), -1, ...places(EDGE, size - EDGE)] : places(size);
    return shown.map((place) => (place < 0 ? '...' : collect(axis + 1, from + place * step, step)));
  };
  const rows = data.length === 0 && shape.length > 0 ? [] : collect(0, 0, data.length);
  const wholes = widest(cells, 'whole');
  const rests = widest(cells, 'rest');
  const write = (row: Row, depth: number): string => {
    if (typeof row === 'string') return row;
    if (typeof row !== 'number') {
      const isLast = row.every((part) => !Array.isArray(part));
      const between = isLast ? ', ' : `,${'\n'.repeat(shape.length - depth - 1)}${' '.repeat(indent + depth + 1)}`;
      return `[${row.map((part) => write(part, depth + 1)).join(between)}]`;
    }
    const { whole, rest } = cells[row]!;
    if (shape.length === 0 || rests === 0) return whole.padStart(wholes) + rest;
    return whole.padStart(wholes) + (/^-?\d+$/.test(whole) ? (rest || '.').padEnd(rests, '0') : ' '.repeat(rests));
  };
  return write(rows, 0);
}

const places = (count: number, first = 0): number[] => Array.from({ length: count }, (_, index) => first + index);

/** A cell by its number, a gap, or a list of rows. */
type Row = number | string | Row[];

/** A number as text, cut before its point. */
interface Cell {
  readonly whole: string;
  readonly rest: string;
}

const widest = (cells: readonly Cell[], part: keyof Cell): number =>
  cells.reduce((width, cell) => Math.max(width, cell[part].length), 0);

function cellOf(element: number | bigint, dtype: DType): Cell {
  if (dtype === 'bool') return { whole: String(element !== 0), rest: '' };
  if (!isFloat(dtype)) return { whole: String(element), rest: '' };
  const number = toNumber(element, dtype);
  const text = Object.is(number, -0) ? '-0' : String(Number(number.toPrecision(6)));
  const point = text.includes('e') ? -1 : text.indexOf('.');
  return point < 0 ? { whole: text, rest: '' } : { whole: text.slice(0, point), rest: text.slice(point) };
}

/** Rows of numbers. */
export type Matrix = readonly (readonly number[])[];

/** One cell of a heat map: the number as text, and its colour. */
export interface HeatCell {
  readonly text: string;
  readonly sign: 'plus' | 'minus' | 'none';
  /** How strong the colour is, 0 to 1. */
  readonly strength: number;
}

/** A number for people: as many digits as asked for, a real minus sign, no minus zero. */
export function formatNumber(value: number, digits = 2): string {
  if (value === -Infinity) return '−∞';
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** The largest finite size of a number in a matrix, and at least a little. */
export function largest(values: Matrix): number {
  return values.flat().reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1e-9);
}

/** The cells of a heat map; `most` is the size that gets the full colour. */
export function heatCells(values: Matrix, { digits, most }: { digits: number; most: number }): HeatCell[][] {
  return values.map((row) =>
    row.map((value) => ({
      text: formatNumber(value, digits),
      sign: value > 0 ? 'plus' : value < 0 && Number.isFinite(value) ? 'minus' : 'none',
      strength: Number.isFinite(value) ? Math.min(1, Math.abs(value) / most) : 0,
    })),
  );
}

/** A place in a grid: row and column. */
export type Place = readonly [row: number, column: number];

/** Where a key leads in a grid of cells; undefined if it is none that moves. */
export function moveInGrid([row, column]: Place, key: string, [rows, columns]: Place): Place | undefined {
  const moves: Readonly<Record<string, Place>> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, columns - 1],
  };
  const to = moves[key];
  const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at));
  return to && [within(to[0], rows), within(to[1], columns)];
}

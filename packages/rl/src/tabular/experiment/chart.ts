import { checkOptionNames } from '@gai/core/errors';
import { frameOf, position } from './chart-frame.ts';
import type { Axis } from './chart-frame.ts';

/**
 * One line of a chart.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface ChartSeries {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Half the width of the band around the line, for instance two standard errors. */
  readonly band?: ArrayLike<number> | undefined;
}

/**
 * A line chart as data.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly ChartSeries[];
  /** What the bands show, written under the legend. Default `'band: uncertainty'`. */
  readonly bandLabel?: string | undefined;
}

/**
 * A table as data; the first column names the rows.
 *
 * @category Experiments
 * @since 0.1.0
 */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What the bands of the comparisons are. */
export const TWO_ERRORS = 'band: ± 2 standard errors';

/** A colour-blind-safe colour and a letter per series. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];
const MARKS = '*o+x#@%&';

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
}

/** Pixels per letter of the legend, generously. */
const LETTER = 6.6;

/** Where things lie in the picture, in pixels: the plot, and the legend to its right. */
interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly px: (x: number) => string;
  readonly py: (y: number) => string;
}

const bandNote = ({ series, bandLabel = 'band: uncertainty' }: Chart): string | undefined =>
  series.some(({ band }) => band !== undefined) ? bandLabel : undefined;

/**
 * Draws a chart as a self-contained SVG picture: lines, bands of uncertainty, axes with round ticks, and beside the plot a
 * legend that says what the bands are.
 *
 * @param options.width - Pixels. Default 640.
 * @param options.height - Pixels. Default 400.
 * @returns SVG text.
 * @example
 * import { chartSVG } from '@gai/rl/tabular';
 * const series = [{ name: 'a', x: [0, 1], y: [2, 3] }];
 * chartSVG({ title: 't', xLabel: 'x', yLabel: 'y', series }).startsWith('<svg'); // => true
 * @category Experiments
 * @since 0.1.0
 */
export function chartSVG(chart: Chart, options: { readonly width?: number; readonly height?: number } = {}): string {
  checkOptionNames('chartSVG', options, ['width', 'height']);
  const { width = 640, height = 400 } = options;
  const frame = frameOf(chart, true);
  const words = [...chart.series.map(({ name }) => name), bandNote(chart) ?? ''];
  const legend = Math.min(width / 2, 36 + LETTER * Math.max(0, ...words.map(({ length }) => length)));
  const [left, right, top, bottom] = [64, width - legend - 12, 40, height - 48];
  const px = (x: number): string => (left + position(frame.x, x) * (right - left)).toFixed(1);
  const py = (y: number): string => (bottom - position(frame.y, y) * (bottom - top)).toFixed(1);
  const area = { left, right, top, bottom, px, py };
  const middle = (top + bottom) / 2;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${width / 2}" y="20" text-anchor="middle" font-size="14">${escape(chart.title)}</text>`,
    `<text x="${(left + right) / 2}" y="${height - 8}" text-anchor="middle">${escape(chart.xLabel)}</text>`,
    `<text x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">${escape(chart.yLabel)}</text>`,
    ...ticksSVG(frame, area),
    ...chart.series.flatMap((one, i) => seriesSVG(one, area, i)),
    ...legendSVG(chart, area),
  ];
  return [...parts, '</svg>'].join('\n');
}

function ticksSVG({ x, y }: ReturnType<typeof frameOf>, { left, right, bottom, px, py }: Area): string[] {
  const across = y.ticks.flatMap((tick) => [
    `<line x1="${left}" x2="${right}" y1="${py(tick)}" y2="${py(tick)}" stroke="#ddd"/>`,
    `<text x="${left - 6}" y="${py(tick)}" text-anchor="end" dominant-baseline="middle">${y.label(tick)}</text>`,
  ]);
  const along = x.ticks.map(
    (tick) => `<text x="${px(tick)}" y="${bottom + 16}" text-anchor="middle">${x.label(tick)}</text>`,
  );
  return [...across, ...along];
}

function seriesSVG(one: ChartSeries, { px, py }: Area, i: number): string[] {
  const color = COLORS[i % COLORS.length]!;
  const indices = Array.from({ length: one.x.length }, (_, k) => k).filter((k) => Number.isFinite(one.y[k]!));
  const parts: string[] = [];
  const { band } = one;
  if (band) {
    const width = (k: number): number => (band[k]! > 0 ? band[k]! : 0);
    const upper = indices.map((k) => `${px(one.x[k]!)},${py(one.y[k]! + width(k))}`);
    const lower = indices.map((k) => `${px(one.x[k]!)},${py(one.y[k]! - width(k))}`).reverse();
    parts.push(`<polygon points="${[...upper, ...lower].join(' ')}" fill="${color}" opacity="0.15"/>`);
  }
  const line = indices.map((k) => `${px(one.x[k]!)},${py(one.y[k]!)}`).join(' ');
  parts.push(`<polyline points="${line}" fill="none" stroke="${color}" stroke-width="1.5"/>`);
  return parts;
}

function legendSVG(chart: Chart, { right, top }: Area): string[] {
  const [at, below] = [right + 12, top + 8];
  const parts = chart.series.flatMap((one, i) => {
    const y = below + 16 * i;
    const color = COLORS[i % COLORS.length]!;
    return [
      `<line x1="${at}" x2="${at + 18}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="3"/>`,
      `<text x="${at + 24}" y="${y}" dominant-baseline="middle">${escape(one.name)}</text>`,
    ];
  });
  const note = bandNote(chart);
  if (note === undefined) return parts;
  const y = below + 16 * chart.series.length + 6;
  return [
    ...parts,
    `<rect x="${at}" y="${y - 5}" width="18" height="10" fill="#555" opacity="0.15"/>`,
    `<text x="${at + 24}" y="${y}" dominant-baseline="middle">${escape(note)}</text>`,
  ];
}

/**
 * Draws a chart with characters, for a terminal; round ticks, no bands.
 *
 * @param options.width - Columns of the plot. Default 64.
 * @param options.height - Lines of the plot. Default 16.
 * @returns Lines of text.
 * @example
 * import { chartText } from '@gai/rl/tabular';
 * const series = [{ name: 'a', x: [0, 1], y: [2, 3] }];
 * chartText({ title: 't', xLabel: 'x', yLabel: 'y', series }).includes('* a'); // => true
 * @category Experiments
 * @since 0.1.0
 */
export function chartText(chart: Chart, options: { readonly width?: number; readonly height?: number } = {}): string {
  checkOptionNames('chartText', options, ['width', 'height']);
  const { width = 64, height = 16 } = options;
  const { x, y } = frameOf(chart, false);
  const columnOf = (value: number): number => Math.round(position(x, value) * (width - 1));
  const rowOf = (value: number): number => Math.round((1 - position(y, value)) * (height - 1));
  const grid = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  chart.series.forEach((one, i) => {
    for (let k = 0; k < one.x.length; k++) {
      if (Number.isFinite(one.y[k]!)) grid[rowOf(one.y[k]!)]![columnOf(one.x[k]!)] = MARKS[i % MARKS.length]!;
    }
  });
  const labels = new Map(y.ticks.map((tick) => [rowOf(tick), y.label(tick)]));
  const lines = grid.map((cells, row) => `${(labels.get(row) ?? '').padStart(9)} |${cells.join('')}`);
  return [
    `${chart.title} (${chart.yLabel})`,
    ...lines,
    `${' '.repeat(10)}+${'-'.repeat(width)}`,
    `${' '.repeat(11)}${axisText(x, columnOf)}  ${chart.xLabel}`,
    ...chart.series.map((one, i) => `  ${MARKS[i % MARKS.length]} ${one.name}`),
  ].join('\n');
}

/** The ticks of x under their columns, those left out that would touch the one before. */
function axisText(x: Axis, columnOf: (value: number) => number): string {
  let text = '';
  for (const tick of x.ticks) {
    const label = x.label(tick);
    const from = Math.max(0, columnOf(tick) - Math.floor(label.length / 2));
    if (text === '' || from > text.length) text = text.padEnd(from) + label;
  }
  return text;
}

/**
 * Draws a table with aligned columns, for a terminal; numbers get four significant digits.
 *
 * @example
 * import { tableText } from '@gai/rl/tabular';
 * tableText({ columns: ['method', 'error'], rows: [['TD', 0.12345]] }).split('\n')[2]; // => 'TD      0.1235'
 * @category Experiments
 * @since 0.1.0
 */
export function tableText(table: Table): string {
  const cell = (value: string | number): string =>
    typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
  const rows = [table.columns, ...table.rows.map((row) => row.map(cell))];
  const widths = table.columns.map((_, i) => rows.reduce((most, row) => Math.max(most, (row[i] ?? '').length), 0));
  const lines = rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((w) => '-'.repeat(w)).join('  '));
  return lines.join('\n');
}

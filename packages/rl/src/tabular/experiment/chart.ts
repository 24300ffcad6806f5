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

const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000', '#999999'];
const MARKS = '*o+x#@%&';

/** A colour-blind-safe colour and a letter per series. */
interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

function frameOf({ series }: Chart): Frame {
  let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const one of series) {
    for (let i = 0; i < one.x.length; i++) {
      const band = one.band?.[i] ?? 0;
      if (!Number.isFinite(one.y[i]!)) continue;
      x0 = Math.min(x0, one.x[i]!);
      x1 = Math.max(x1, one.x[i]!);
      y0 = Math.min(y0, one.y[i]! - (band > 0 ? band : 0));
      y1 = Math.max(y1, one.y[i]! + (band > 0 ? band : 0));
    }
  }
  if (x0 > x1) [x0, x1, y0, y1] = [0, 1, 0, 1];
  return { x: [x0, x1 > x0 ? x1 : x0 + 1], y: [y0, y1 > y0 ? y1 : y0 + 1] };
}

function format(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
}

/**
 * Draws a chart as a self-contained SVG picture: lines, bands of uncertainty, axes and a legend.
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
  const { width = 640, height = 400 } = options;
  const frame = frameOf(chart);
  const [left, right, top, bottom] = [64, width - 16, 40, height - 48];
  const px = (x: number): string => (left + ((x - frame.x[0]) / (frame.x[1] - frame.x[0])) * (right - left)).toFixed(1);
  const py = (y: number): string =>
    (bottom - ((y - frame.y[0]) / (frame.y[1] - frame.y[0])) * (bottom - top)).toFixed(1);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${width / 2}" y="20" text-anchor="middle" font-size="14">${escape(chart.title)}</text>`,
    `<text x="${(left + right) / 2}" y="${height - 8}" text-anchor="middle">${escape(chart.xLabel)}</text>`,
    `<text x="14" y="${(top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(top + bottom) / 2})">`,
    `${escape(chart.yLabel)}</text>`,
  ];
  for (let i = 0; i <= 4; i++) {
    const x = frame.x[0] + ((frame.x[1] - frame.x[0]) * i) / 4;
    const y = frame.y[0] + ((frame.y[1] - frame.y[0]) * i) / 4;
    parts.push(`<line x1="${left}" x2="${right}" y1="${py(y)}" y2="${py(y)}" stroke="#ddd"/>`);
    parts.push(`<text x="${left - 6}" y="${py(y)}" text-anchor="end" dominant-baseline="middle">${format(y)}</text>`);
    parts.push(`<text x="${px(x)}" y="${bottom + 16}" text-anchor="middle">${format(x)}</text>`);
  }
  chart.series.forEach((one, i) => parts.push(...seriesSVG(one, [px, py], { i, right, top })));
  return [...parts, '</svg>'].join('\n');
}

function seriesSVG(
  one: ChartSeries,
  [px, py]: readonly [(x: number) => string, (y: number) => string],
  { i, right, top }: { i: number; right: number; top: number },
): string[] {
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
  const y = top + 8 + 16 * i;
  parts.push(`<line x1="${right - 130}" x2="${right - 110}" y1="${y}" y2="${y}" stroke="${color}" stroke-width="3"/>`);
  parts.push(`<text x="${right - 104}" y="${y}" dominant-baseline="middle">${escape(one.name)}</text>`);
  return parts;
}

/**
 * Draws a chart with characters, for a terminal.
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
  const { width = 64, height = 16 } = options;
  const frame = frameOf(chart);
  const grid = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  chart.series.forEach((one, i) => {
    for (let k = 0; k < one.x.length; k++) {
      if (!Number.isFinite(one.y[k]!)) continue;
      const column = Math.round(((one.x[k]! - frame.x[0]) / (frame.x[1] - frame.x[0])) * (width - 1));
      const row = Math.round(((frame.y[1] - one.y[k]!) / (frame.y[1] - frame.y[0])) * (height - 1));
      grid[row]![column] = MARKS[i % MARKS.length]!;
    }
  });
  const lines = grid.map((cells, row) => {
    const isLabelled = row % 5 === 0 || row === height - 1;
    const y = frame.y[1] - ((frame.y[1] - frame.y[0]) * row) / (height - 1);
    return `${(isLabelled ? format(y) : '').padStart(9)} |${cells.join('')}`;
  });
  const ends = [format(frame.x[0]), format(frame.x[1])] as const;
  return [
    `${chart.title} (${chart.yLabel})`,
    ...lines,
    `${' '.repeat(10)}+${'-'.repeat(width)}`,
    `${' '.repeat(11)}${ends[0]}${ends[1].padStart(width - ends[0].length)}  ${chart.xLabel}`,
    ...chart.series.map((one, i) => `  ${MARKS[i % MARKS.length]} ${one.name}`),
  ].join('\n');
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
  const widths = table.columns.map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i]!))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((w) => '-'.repeat(w)).join('  '));
  return lines.join('\n');
}

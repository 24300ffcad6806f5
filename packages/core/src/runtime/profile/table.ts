import type { ProfiledLine, ProfiledOp } from './lines.ts';

/** What a table shows. */
export interface TableOptions {
  /** What comes first. Default `time`. */
  readonly sortBy?: 'time' | 'bytes' | undefined;
  /** Lines at most. Default 20. */
  readonly rowLimit?: number | undefined;
}

/** Ops named in a row. */
const OPS = 3;
const HEAD = ['ms', 'share', 'gradient', 'bytes', 'kernels', 'line', 'ops'] as const;
/** Columns of words, which begin on the left. */
const WORDS: readonly string[] = ['line', 'ops'];

/** Lines as a table, one a row. */
export function formatLines(lines: readonly ProfiledLine[], { sortBy = 'time', rowLimit = 20 }: TableOptions): string {
  const total = lines.reduce((sum, { time }) => sum + time, 0);
  const folder = commonFolder(lines.flatMap(({ line }) => line ?? []));
  const sorted = lines.toSorted((a, b) => b[sortBy] - a[sortBy]);
  const rows = sorted.slice(0, rowLimit).map((line) => rowOf(line, total, folder));
  const rest = sorted.slice(rowLimit);
  if (rest.length > 0) rows.push(restOf(rest, total));
  return columns([[...HEAD], ...rows]);
}

function rowOf(line: ProfiledLine, total: number, folder: string): string[] {
  const { time, gradientTime, bytes, kernels, ops } = line;
  const named = ops.slice(0, OPS).map(nameOf).join(', ') + (ops.length > OPS ? ', …' : '');
  return [...numbers({ time, gradientTime, bytes, kernels }, total), shorten(line.line, folder), named];
}

function restOf(lines: readonly ProfiledLine[], total: number): string[] {
  const sum = (key: 'time' | 'gradientTime' | 'bytes' | 'kernels'): number =>
    lines.reduce((before, line) => before + line[key], 0);
  const [time, gradientTime, bytes, kernels] = [sum('time'), sum('gradientTime'), sum('bytes'), sum('kernels')];
  return [
    ...numbers({ time, gradientTime, bytes, kernels }, total),
    `${lines.length} more ${lines.length === 1 ? 'line' : 'lines'}`,
    '',
  ];
}

type Numbers = Pick<ProfiledLine, 'time' | 'gradientTime' | 'bytes' | 'kernels'>;

function numbers({ time, gradientTime, bytes, kernels }: Numbers, total: number): string[] {
  const share = total === 0 ? 0 : (100 * time) / total;
  const gradient = gradientTime === 0 ? '' : gradientTime.toFixed(3);
  const whole = Number.isInteger(kernels) ? String(kernels) : kernels.toFixed(1);
  return [time.toFixed(3), `${share.toFixed(1)} %`, gradient, formatBytes(bytes), whole];
}

const nameOf = ({ op, isGradient }: ProfiledOp): string => (isGradient ? `∂${op}` : op);

/** A number of bytes, in units of 1,000. */
export function formatBytes(bytes: number): string {
  const unit = Math.min(3, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return `${(bytes / 1000 ** unit).toFixed(unit === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB'][unit]}`;
}

function shorten(line: string | undefined, folder: string): string {
  return line === undefined ? '(no line)' : line.replace(folder, '');
}

/** The folder in which the files of all lines lie. */
function commonFolder(lines: readonly string[]): string {
  const files = lines.map((line) => /(?:\()?([^()]*?):\d+\)?$/.exec(line)?.[1] ?? '');
  const [first = ''] = files;
  let length = first.lastIndexOf('/') + 1;
  while (length > 0 && !files.every((file) => file.startsWith(first.slice(0, length)))) {
    length = first.lastIndexOf('/', length - 2) + 1;
  }
  return first.slice(0, length);
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => (WORDS.includes(HEAD[at]!) ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}

import { FIRST_STEP_MS, SCALING, barsOf } from './bars.ts';

/** A line of the result: our step beside that of a contender, which may be ourselves. */
export interface Row {
  readonly runtime: 'node' | 'chromium';
  readonly model: string;
  readonly contender: string;
  /** Of our step. */
  readonly threads: number;
  readonly stepMs: number;
  /** Of the contender's step: one, but for PyTorch. */
  readonly peerThreads: number;
  readonly peerStepMs: number;
  readonly peerOverOurs: number;
  /** Our step's matrix products and convolutions per second, as a share of what MatMul 1024³ reaches on as many threads. */
  readonly shareOfPeak: number;
  /** How much faster than with one thread we are, as a share of how much faster MatMul is. Only in our own rows. */
  readonly scaling?: number;
}

/** Our first step in a new process. */
export interface FirstStep {
  readonly model: string;
  readonly contender: 'first step';
  readonly threads: number;
  readonly stepMs: number;
}

/** Columns as wide as they need to be. In those of `words` the lines begin at the same place, in others they end there. */
export function formatColumns(
  head: readonly string[],
  lines: readonly (readonly string[])[],
  words: readonly string[],
): string {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]!.length)));
  const pad = (text: string, column: number): string =>
    words.includes(head[column]!) ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return [head, ...lines].map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** A bar, and whether it is missed. */
const formatBar = (value: number, bar: number | undefined, show: (value: number) => string): string =>
  bar === undefined ? '' : `${value >= bar ? '≥' : 'missed'} ${show(bar)}`;

function formatRow(row: Row): string[] {
  const bars = barsOf(row);
  const own = row.contender === 'gai';
  const times = (value: number): string => `${Number(value.toPrecision(3))}x`;
  return [
    row.model,
    row.contender,
    String(row.threads),
    row.stepMs.toFixed(2),
    own ? '' : row.peerStepMs.toFixed(2),
    own ? '' : times(row.peerOverOurs),
    formatBar(row.peerOverOurs, bars.peerOverOurs, times),
    own ? percent(row.shareOfPeak) : '',
    own ? formatBar(row.shareOfPeak, bars.shareOfPeak, percent) : '',
    row.scaling === undefined ? '' : percent(row.scaling),
    row.scaling === undefined ? '' : formatBar(row.scaling, SCALING, percent),
  ];
}

/** The results as a table for people. */
export function formatTable(rows: readonly Row[], firstSteps: readonly FirstStep[] = []): string {
  const head = [
    'model',
    'beside',
    'threads',
    'ours ms',
    'peer ms',
    'peer/ours',
    'bar',
    'of peak',
    'bar',
    'scaling',
    'bar',
  ];
  const table = formatColumns(head, rows.map(formatRow), ['model', 'beside', 'bar']);
  const first = firstSteps.map(
    ({ model, stepMs }) =>
      `\n${model}: the first step takes ${stepMs.toFixed(0)} ms in a new process ` +
      `(bar: ${stepMs <= FIRST_STEP_MS ? '≤' : 'missed'} ${FIRST_STEP_MS} ms)`,
  );
  return [table, ...first].join('\n');
}

/** The results as one line for programs, four significant digits. */
export function formatJson(rows: readonly (Row | FirstStep)[]): string {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  return JSON.stringify({ rows }, short);
}

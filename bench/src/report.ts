/** A line of the result: our step beside a peer's. */
export interface Row {
  readonly model: string;
  readonly contender: string;
  /** Of our step; the peer uses one in Node. */
  readonly threads: number;
  readonly stepMs: number;
  readonly peerStepMs: number;
  readonly peerOverOurs: number;
  /** Our step's matrix products and convolutions per second, as a share of what MatMul 1024³ reaches on as many threads. */
  readonly shareOfPeak: number;
}

/** The results as a table for people. */
export function formatTable(rows: readonly Row[]): string {
  const head = ['model', 'beside', 'threads', 'ours ms', 'peer ms', 'peer/ours', 'of peak'];
  const cells = rows.map((row) => [
    row.model,
    row.contender,
    String(row.threads),
    row.stepMs.toFixed(2),
    row.peerStepMs.toFixed(2),
    `${row.peerOverOurs.toFixed(1)}x`,
    `${(100 * row.shareOfPeak).toFixed(0)} %`,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]!.length)));
  const pad = (text: string, column: number): string =>
    column < 2 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!);
  return [head, ...cells].map((line) => line.map(pad).join('  ')).join('\n');
}

/** The results as one line for programs, four significant digits. */
export function formatJson(rows: readonly Row[]): string {
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value;
  return JSON.stringify({ rows }, short);
}

/** Where progress is drawn: `process.stderr` in Node. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/**
 * A line that is drawn over and over on a terminal; with `TERM=dumb`, or without a terminal, nothing is drawn.
 *
 * @param stream - Default: standard error, where there is one.
 * @example
 * ProgressLine.bar(0.5, 8); // => '████░░░░'
 * new ProgressLine({ write: () => true }).isLive; // => false
 * @category Callbacks
 */
export class ProgressLine {
  /** A bar of so many characters, filled up to a part of 1. */
  static bar(part: number, width = 24): string {
    const filled = Math.min(width, Math.max(0, Math.round(width * part)));
    return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
  }

  readonly stream: ProgressStream | undefined;
  /** Whether the stream is a terminal that moves its cursor. */
  readonly isLive: boolean;

  constructor(stream: ProgressStream | undefined = standardError()) {
    this.stream = stream;
    this.isLive = stream?.isTTY === true && !isDumb();
  }

  /** Draws over what was drawn before, cut to the width of the terminal. */
  draw(text: string): void {
    if (this.isLive) this.stream!.write(`\r\u001b[2K${text.slice(0, (this.stream!.columns ?? 80) - 1)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.isLive) this.stream!.write('\r\u001b[2K');
  }
}

function standardError(): ProgressStream | undefined {
  return typeof process === 'undefined' ? undefined : process.stderr;
}

/** The line has no colours, so that `NO_COLOR` is no matter. */
const isDumb = (): boolean => typeof process !== 'undefined' && process.env['TERM'] === 'dumb';

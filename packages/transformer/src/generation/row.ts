import type { GenerationEnd } from './generate-options.ts';
import type { RowState } from './scores/processor.ts';

/** One row of a batch, from its prompt to its end. */
export class Row implements RowState {
  readonly index: number;
  readonly ids: number[];
  readonly promptLength: number;
  readonly maxLength: number;
  readonly source: readonly number[] | undefined;
  /** The new tokens. */
  readonly written: number[] = [];
  /** Why it has ended; undefined while it goes on. */
  end: GenerationEnd | undefined;

  // oxlint-disable-next-line max-params -- what a row begins with.
  constructor(index: number, prompt: readonly number[], maxLength: number, source?: readonly number[]) {
    this.index = index;
    this.ids = [...prompt];
    this.promptLength = prompt.length;
    this.maxLength = maxLength;
    this.source = source;
    if (prompt.length >= maxLength) this.end = 'length';
  }

  add(token: number): void {
    this.ids.push(token);
    this.written.push(token);
  }
}

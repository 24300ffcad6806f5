import { trimmed } from './block.ts';
import type { Block, BlockKind } from './block.ts';

/** A block that is being written. */
interface OpenBlock {
  readonly kind: BlockKind;
  readonly level: number | undefined;
  readonly parts: string[];
  last: string;
}

/**
 * Writes a text block by block, with an empty line between them. It looks at nothing twice: what was written is joined once, so that the
 * time grows with the length alone.
 */
export class BlockWriter {
  readonly #parts: string[] = [];
  readonly #blocks: Block[] = [];
  #length = 0;
  #open: OpenBlock | undefined;

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The sign written last, in this block. */
  get last(): string {
    return this.#open?.last ?? '';
  }

  begin(kind: BlockKind, level?: number): void {
    this.end();
    this.#open = { kind, level, parts: [], last: '' };
  }

  /** Text of the open block, or of a new paragraph. */
  write(text: string, kind: BlockKind = 'paragraph'): void {
    if (text === '') return;
    if (this.#open === undefined) this.begin(kind);
    this.#open!.parts.push(text);
    this.#open!.last = text.at(-1)!;
  }

  /** A new line, unless one has just begun. */
  newLine(): void {
    if (this.last !== '' && this.last !== '\n') this.write('\n');
  }

  end(): void {
    if (this.#open === undefined) return;
    const { kind, level, parts } = this.#open;
    this.#open = undefined;
    const written = parts.join('');
    const range = trimmed(written, 0, written.length);
    if (range.start === range.end) return;
    const text = written.slice(range.start, range.end);
    if (this.#length > 0) this.#push('\n\n');
    const start = this.#length;
    this.#push(text);
    this.#blocks.push({ kind, start, end: this.#length, ...(level === undefined ? {} : { level, title: text }) });
  }

  finish(): { readonly raw: string; readonly blocks: readonly Block[] } {
    this.end();
    return { raw: this.#parts.join(''), blocks: this.#blocks };
  }

  #push(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
  }
}

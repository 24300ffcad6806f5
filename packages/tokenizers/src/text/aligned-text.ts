/** The range of the original text that each UTF-16 unit of a changed text comes from. */
export interface Alignment {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * A piece of text with the place it comes from. As long as nothing was changed, unit `i` is unit `base + i` of the
 * original; after a change each unit knows its range.
 */
export class AlignedText {
  readonly text: string;
  /** Where the text begins in the original, while nothing was changed. */
  readonly base: number;
  readonly alignment: Alignment | undefined;

  constructor(text: string, base = 0, alignment?: Alignment) {
    this.text = text;
    this.base = base;
    this.alignment = alignment;
  }

  /** Units `from` to `to` (exclusive) as a piece of its own. */
  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.text.length) return this;
    const { alignment } = this;
    const part = alignment && { starts: alignment.starts.subarray(from, to), ends: alignment.ends.subarray(from, to) };
    return new AlignedText(this.text.slice(from, to), this.base + from, part);
  }

  /** Where unit `index` begins in the original. */
  startOf(index: number): number {
    return this.alignment === undefined ? this.base + index : this.alignment.starts[index]!;
  }

  /** Where unit `index` ends in the original. */
  endOf(index: number): number {
    return this.alignment === undefined ? this.base + index + 1 : this.alignment.ends[index]!;
  }

  /** Whether the first unit is the first of the original. */
  get isAtStart(): boolean {
    return this.text.length > 0 && this.startOf(0) === 0;
  }
}

/** The units of the character that unit `index` is part of. */
export function characterRange(text: string, index: number): readonly [from: number, to: number] {
  if (isHigh(text.charCodeAt(index)) && isLow(text.charCodeAt(index + 1))) return [index, index + 2];
  if (isLow(text.charCodeAt(index)) && isHigh(text.charCodeAt(index - 1))) return [index - 1, index + 1];
  return [index, index + 1];
}

/** Whether a unit is the first half of a character outside the basic plane. */
export const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

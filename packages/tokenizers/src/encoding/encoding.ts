import { LISTS } from './run.ts';
import type { Range, Run } from './run.ts';

/** Tokens that come from a text. */
interface TextPart {
  readonly run: Run;
  readonly range: Range;
  readonly typeId: number;
  readonly sequence: 0 | 1;
}

/** Tokens that were added, by a template or as padding. */
interface AddedPart {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  readonly typeId: number;
  /** 0 for padding. */
  readonly attention: 0 | 1;
}

/** What an {@link Encoding} is made of, from left to right. */
export type EncodingPart = TextPart | AddedPart;

const isText = (part: EncodingPart): part is TextPart => 'run' in part;
const lengthOf = (part: EncodingPart): number => (isText(part) ? part.range[1] - part.range[0] : part.ids.length);
const NOWHERE: readonly [number, number] = [0, 0];

/**
 * A text as a model takes it. Each list has one entry per token and is made when it is first asked for.
 * @example
 * const { ids, offsets, attentionMask } = characterTokenizer('ab').encode('ba');
 * ids; // => [2, 1]
 * offsets; // => [[0, 1], [1, 2]]
 * attentionMask; // => [1, 1]
 * @category Tokenizers
 */
export class Encoding {
  /** Number of tokens. */
  readonly length: number;
  readonly #parts: readonly EncodingPart[];
  readonly #byId: readonly (string | undefined)[];
  readonly #lists = new Map<string, readonly unknown[]>();
  readonly #cutOff: () => readonly Encoding[];
  #overflowing: readonly Encoding[] | undefined;

  /** @internal */
  constructor(
    parts: readonly EncodingPart[],
    byId: readonly (string | undefined)[],
    cutOff: () => readonly Encoding[] = () => [],
  ) {
    this.#parts = parts;
    this.#byId = byId;
    this.#cutOff = cutOff;
    this.length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  }

  /** What truncation cut off, in pieces of the same length; of a pair every piece of one with every piece of the other. */
  get overflowing(): readonly Encoding[] {
    this.#overflowing ??= this.#cutOff();
    return this.#overflowing;
  }

  /** The ids of the tokens. */
  get ids(): readonly number[] {
    return this.#list('ids', (part) => (isText(part) ? listOf(part, 'ids') : part.ids));
  }

  /** The tokens as text, as the vocabulary has them. */
  get tokens(): readonly string[] {
    return this.#list('tokens', (part) => (isText(part) ? this.#tokensOf(part) : part.tokens));
  }

  /** 0 for the first text, 1 for the second, or as the template says. */
  get typeIds(): readonly number[] {
    return this.#list('typeIds', (part) => repeat(part.typeId, part));
  }

  /**
   * The part of its text each token comes from: `text.slice(start, end)`, in UTF-16 units. `[0, 0]` for what was added.
   */
  get offsets(): readonly (readonly [start: number, end: number])[] {
    return this.#list('offsets', (part) => (isText(part) ? offsetsOf(part) : repeat(NOWHERE, part)));
  }

  /** The word each token is part of, counted from 0; null for what was added. */
  get wordIds(): readonly (number | null)[] {
    return this.#list('wordIds', (part) => (isText(part) ? listOf(part, 'words') : repeat(null, part)));
  }

  /** The text each token comes from: 0, 1, or null for what was added. */
  get sequenceIds(): readonly (number | null)[] {
    return this.#list('sequenceIds', (part) => repeat(isText(part) ? part.sequence : null, part));
  }

  /** 1 for tokens that a template or padding added. */
  get specialTokensMask(): readonly number[] {
    return this.#list('specialTokensMask', (part) => repeat(isText(part) ? 0 : 1, part));
  }

  /** 0 for padding, 1 for all else. */
  get attentionMask(): readonly number[] {
    return this.#list('attentionMask', (part) => repeat(isText(part) ? 1 : part.attention, part));
  }

  /** @internal The same with something added at one end; what was cut off gets it too, as long as it has to be. */
  extend(part: (length: number) => EncodingPart, side: 'left' | 'right'): Encoding {
    const added = part(this.length);
    const parts = side === 'left' ? [added, ...this.#parts] : [...this.#parts, added];
    const cutOff = (): readonly Encoding[] => this.overflowing.map((encoding) => encoding.extend(part, side));
    return new Encoding(lengthOf(added) === 0 ? this.#parts : parts, this.#byId, cutOff);
  }

  #list<T>(name: string, of: (part: EncodingPart) => readonly T[]): readonly T[] {
    const known = this.#lists.get(name);
    if (known !== undefined) return known as readonly T[];
    const [first, ...rest] = this.#parts.map(of);
    const list = rest.length === 0 ? (first ?? []) : (first ?? []).concat(...rest);
    this.#lists.set(name, list);
    return list;
  }

  #tokensOf(part: TextPart): string[] {
    const { surfaces } = part.run;
    const [from] = part.range;
    return listOf(part, 'ids').map((id, index) => surfaces.get(from + index) ?? this.#byId[id] ?? '');
  }
}

const repeat = <T>(value: T, part: EncodingPart): T[] => Array.from<T>({ length: lengthOf(part) }).fill(value);

function listOf({ run, range: [from, to] }: TextPart, name: keyof typeof LISTS): number[] {
  const list: number[] = [];
  const at = LISTS[name] * run.length;
  for (let index = from; index < to; index++) list.push(run.values[at + index]!);
  return list;
}

function offsetsOf({ run: { length, values }, range: [from, to] }: TextPart): (readonly [number, number])[] {
  const offsets: (readonly [number, number])[] = [];
  const [starts, ends] = [LISTS.starts * length, LISTS.ends * length];
  for (let index = from; index < to; index++) offsets.push([values[starts + index]!, values[ends + index]!]);
  return offsets;
}

import { TokenizerError } from '../../errors.ts';
import { widthAt } from '../classes.ts';
import { CharacterTest } from './character-test.ts';
import { Op } from './program.ts';
import type { Instruction, Place, Program } from './program.ts';

/** Places of a text whose marks are made together. */
const BLOCK = 1024;
/** Bytes of marks: a text may be so long, or a pattern have so many parts. */
const MOST_BYTES = 1 << 28;
/** Numbers that stand for ways that are still to be tried, or for steps that were taken: three for each. */
const MOST_NUMBERS = 3 << 22;

/**
 * Finds the matches of a pattern in time proportional to the length of the text, whatever the pattern: what was tried at a place and
 * failed is not tried there again. The matches are those of a search that goes back (as JavaScript has it): of several ways the one that
 * the pattern names first.
 *
 * Every pair of a place and an instruction that is reached in more than one way is tried once for all beginnings: whether the rest of a
 * pattern fits there does not depend on how one came there, since there are no references back.
 * @see Davis et al. 2021, Using Selective Memoization to Defeat Regular Expression Denial of Service, https://doi.org/10.1109/SP40001.2021.00032
 */
export class LinearPattern {
  readonly #program: Program;
  readonly #words: number;

  constructor(program: Program) {
    this.#program = program;
    this.#words = Math.ceil((program.instructions.length * BLOCK) / 32);
  }

  /** A search in one text, from left to right. */
  search(text: string): Search {
    return new Search(this.#program, this.#words, text);
  }
}

/** A search in one text. */
export class Search {
  readonly text: string;
  readonly #program: Program;
  readonly #words: number;
  /** For each block of places a bit for each place and instruction that was tried. */
  readonly #tried = new Map<number, Uint32Array>();
  /** For each block where parts end that were found, by place and instruction. */
  readonly #ends = new Map<number, Map<number, number>>();
  #firstBlock = 0;
  /** The block that was marked last. */
  #block = -1;
  #bits: Uint32Array = new Uint32Array(0);

  constructor(program: Program, words: number, text: string) {
    this.text = text;
    this.#program = program;
    this.#words = words;
  }

  /** The first match from a place on, which must not go back between calls. */
  next(from: number): readonly [start: number, end: number] | undefined {
    const { text } = this;
    const { start, first } = this.#program;
    for (let at = from; at <= text.length; at += widthAt(text, at)) {
      if (first !== undefined) {
        if (at === text.length) return undefined;
        const code = text.codePointAt(at)!;
        if (!first.some((test) => test.has(code))) continue;
      }
      this.#forget(at);
      const end = this.#run(start, at, false);
      if (end < 0) continue;
      this.#clear(end);
      return [at, end];
    }
    return undefined;
  }

  /**
   * Where the part that begins at an instruction ends, from a place on; −1 if it is not found. Where it is found, the steps that led
   * there are remembered with that end: they are not among those that failed.
   */
  // oxlint-disable-next-line max-lines-per-function, complexity -- the loop of the matcher: calls would cost more than what they do.
  #run(start: number, from: number, isBehind: boolean): number {
    const { instructions, start: whole } = this.#program;
    // Instruction, place, and the step it was reached from; of the whole pattern nobody asks for the steps.
    const steps: number[] | undefined = start === whole ? undefined : [];
    const open: number[] = [];
    for (let index = start, at = from, step = -1; ;) {
      const instruction = instructions[index]!;
      const { op, isShared } = instruction;
      const known = isShared && this.#ends.size > 0 ? this.#endOf(index, at) : undefined;
      if (op === Op.match || known !== undefined) return this.#found(steps, step, known ?? at);
      if (!isShared || this.#mark(index, at)) {
        if (steps !== undefined) step = steps.push(index, at, step) - 3;
        const next = op === Op.split ? at : this.#step(instruction, at, isBehind);
        if (op === Op.split) open.push(instruction.or, at, step);
        if (open.length > MOST_NUMBERS || (steps?.length ?? 0) > MOST_NUMBERS) throw tooLong(this.text.length);
        if (next >= 0) {
          index = instruction.to;
          at = next;
          continue;
        }
      }
      if (open.length === 0) return -1;
      step = open.pop()!;
      at = open.pop()!;
      index = open.pop()!;
    }
  }

  #endOf(index: number, at: number): number | undefined {
    return this.#ends.get(blockOf(at))?.get(at * this.#program.instructions.length + index);
  }

  /** Remembers the steps to a match. */
  #found(steps: readonly number[] | undefined, last: number, end: number): number {
    const { instructions } = this.#program;
    for (let step = last; steps !== undefined && step >= 0; step = steps[step + 2]!) {
      const [index, at] = [steps[step]!, steps[step + 1]!];
      if (!instructions[index]!.isShared) continue;
      let ends = this.#ends.get(blockOf(at));
      if (ends === undefined) this.#ends.set(blockOf(at), (ends = new Map()));
      ends.set(at * instructions.length + index, end);
    }
    return end;
  }

  /** Where an instruction leads from a place; −1: nowhere. */
  #step(instruction: Instruction, at: number, isBehind: boolean): number {
    const { op, test, part, negate, place } = instruction;
    if (op === Op.character) return isBehind ? this.#before(test!, at) : this.#after(test!, at);
    if (op === Op.place) return this.#isPlace(place!, at) === (negate !== true) ? at : -1;
    const end = this.#run(part!, at, instruction.isBehind === true);
    if (op === Op.atomic) return end;
    return end >= 0 === (negate !== true) ? at : -1;
  }

  #after(test: CharacterTest, at: number): number {
    if (at >= this.text.length) return -1;
    const code = this.text.codePointAt(at)!;
    return test.has(code) ? at + (code > 0xffff ? 2 : 1) : -1;
  }

  #before(test: CharacterTest, at: number): number {
    const start = placeBefore(this.text, at);
    return start >= 0 && test.has(this.text.codePointAt(start)!) ? start : -1;
  }

  #isPlace(place: Place, at: number): boolean {
    const { text } = this;
    if (place === 'string_start') return at === 0;
    if (place === 'string_end') return at === text.length;
    if (place === 'string_end_newline') return at === text.length || (at === text.length - 1 && text[at] === '\n');
    if (place === 'line_start') return at === 0 || (text[at - 1] === '\n' && at < text.length);
    if (place === 'line_end') return at === text.length || text[at] === '\n';
    const start = placeBefore(text, at);
    const isWord = (from: number): boolean => (word ??= new CharacterTest(String.raw`\w`)).has(text.codePointAt(from)!);
    return (start >= 0 && isWord(start)) !== (at < text.length && isWord(at));
  }

  /** Marks an instruction as tried at a place; false if it was. */
  #mark(index: number, at: number): boolean {
    const bits = this.#bitsOf(blockOf(at));
    const bit = index * BLOCK + (at % BLOCK);
    const mask = 1 << (bit & 31);
    if ((bits[bit >> 5]! & mask) !== 0) return false;
    bits[bit >> 5]! |= mask;
    return true;
  }

  #bitsOf(block: number): Uint32Array {
    if (block === this.#block) return this.#bits;
    let bits = this.#tried.get(block);
    if (bits === undefined) {
      if ((this.#tried.size + 1) * this.#words * 4 > MOST_BYTES) throw tooLong(this.text.length);
      this.#tried.set(block, (bits = new Uint32Array(this.#words)));
    }
    this.#block = block;
    this.#bits = bits;
    return bits;
  }

  /** A match ends here: what was tried at this place may have led to it. */
  #clear(at: number): void {
    const bits = this.#tried.get(blockOf(at));
    if (bits === undefined) return;
    for (let bit = at % BLOCK; bit >> 5 < bits.length; bit += BLOCK) bits[bit >> 5]! &= ~(1 << (bit & 31));
  }

  /** Lets go of what lies before. */
  #forget(at: number): void {
    const first = blockOf(at);
    if (first === this.#firstBlock) return;
    this.#firstBlock = first;
    this.#block = -1;
    for (const blocks of [this.#tried, this.#ends]) {
      for (const block of blocks.keys()) if (block < first) blocks.delete(block);
    }
  }
}

const blockOf = (at: number): number => Math.floor(at / BLOCK);

let word: CharacterTest | undefined;

/** Where the character before a place begins; −1 at the beginning. */
function placeBefore(text: string, at: number): number {
  const isPair =
    at > 1 && (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800;
  return at - (isPair ? 2 : 1);
}

const tooLong = (length: number): TokenizerError =>
  new TokenizerError(
    'ARGUMENT',
    `encode: the text is too long for a pattern of the tokenizer. Got ${length} characters without an end of what may match; expected ` +
      'words. Cut the text into parts.',
    { op: 'encode' },
  );

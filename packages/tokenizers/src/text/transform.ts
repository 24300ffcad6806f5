import { AlignedText, characterRange } from './aligned-text.ts';
import { widthAt } from './classes.ts';
import { IntList } from './int-list.ts';

/**
 * Writes a changed text character by character, saying of each what it stands for in the source. Hugging Face's
 * tokenizers count the same way, and offsets come out as theirs.
 */
export class Transform {
  readonly #source: AlignedText;
  readonly #starts: IntList;
  readonly #ends: IntList;
  #text = '';
  /** Units of the source that are used up. */
  #used = 0;

  constructor(source: AlignedText) {
    this.#source = source;
    this.#starts = new IntList(source.text.length + 16);
    this.#ends = new IntList(source.text.length + 16);
  }

  /** Units of the source that are used up. */
  get used(): number {
    return this.#used;
  }

  /** Whether nothing was written yet. */
  get isEmpty(): boolean {
    return this.#text === '';
  }

  /**
   * Writes a character (or none).
   * @param change - 0: in place of the next one; 1: in addition, with the place of the one before; −n: in place of the
   * next one, and n more are left out.
   */
  push(character: string, change: number): void {
    const { text } = this.#source;
    if (change > 0 || this.#used >= text.length) {
      if (this.#used === 0) return this.#write(character, 0, 0);
      const [from, to] = characterRange(text, this.#used - 1);
      return this.#write(character, this.#source.startOf(from), this.#source.endOf(to - 1));
    }
    const [from, to] = characterRange(text, this.#used);
    this.#write(character, this.#source.startOf(from), this.#source.endOf(to - 1));
    this.#used = to;
    this.skip(-change);
  }

  /** Takes the characters up to unit `to` over as they are. */
  keepTo(to: number): void {
    const { text } = this.#source;
    for (let at = this.#used; at < to;) {
      const end = at + widthAt(text, at);
      const [start, stop] = [this.#source.startOf(at), this.#source.endOf(end - 1)];
      for (; at < end; at++) {
        this.#starts.push(start);
        this.#ends.push(stop);
      }
    }
    this.#text += text.slice(this.#used, to);
    this.#used = to;
  }

  /** Leaves out the characters up to unit `to`. */
  dropTo(to: number): void {
    this.#used = to;
  }

  /** Leaves out a number of characters. */
  skip(characters: number): void {
    const { text } = this.#source;
    for (let count = 0; count < characters && this.#used < text.length; count++) {
      this.#used = characterRange(text, this.#used)[1];
    }
  }

  /** What was written. */
  done(): AlignedText {
    const [starts, ends] = [this.#starts, this.#ends].map(({ values, length }) => values.subarray(0, length));
    return new AlignedText(this.#text, 0, { starts: starts!, ends: ends! });
  }

  #write(character: string, start: number, end: number): void {
    this.#text += character;
    for (let unit = 0; unit < character.length; unit++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }
}

/** What becomes of each character; asked once for each. */
class Changes {
  readonly #change: (character: string) => string;
  readonly #known: (string | undefined)[] = [];
  readonly #rare = new Map<number, string>();

  constructor(change: (character: string) => string) {
    this.#change = change;
  }

  of(code: number): string {
    const known = code < DENSE ? this.#known[code] : this.#rare.get(code);
    if (known !== undefined) return known;
    const found = this.#change(String.fromCodePoint(code));
    if (code >= DENSE) this.#rare.set(code, found);
    else {
      while (this.#known.length <= code) this.#known.push(undefined);
      this.#known[code] = found;
    }
    return found;
  }
}

/** Code points up to here have a place of their own in a table. */
const DENSE = 0x3000;

/** Writes for each character the characters that `change` gives; the first has its place, the others are additions. */
export function mapping(change: (character: string) => string): (source: AlignedText) => AlignedText {
  const changes = new Changes(change);
  return (source) => {
    const { text } = source;
    let transform: Transform | undefined;
    for (let at = 0; at < text.length;) {
      const width = widthAt(text, at);
      const written = changes.of(text.codePointAt(at)!);
      if (written.length !== width || !text.startsWith(written, at)) {
        transform ??= new Transform(source);
        transform.keepTo(at);
        if (written === '') transform.dropTo(at + width);
        let first = true;
        for (const one of written) {
          transform.push(one, first ? 0 : 1);
          first = false;
        }
      }
      at += width;
    }
    transform?.keepTo(text.length);
    return transform?.done() ?? source;
  };
}

/** Leaves out the characters that `keep` refuses. */
export function keeping(keep: (character: string) => boolean): (source: AlignedText) => AlignedText {
  const keeps = mapping((character) => (keep(character) ? character : ''));
  return (source) => {
    const kept = keeps(source);
    return kept.text === '' && source.text !== '' ? new AlignedText('', source.startOf(0)) : kept;
  };
}

/** Writes `text` before everything else; nothing before nothing. */
export function prepend(source: AlignedText, text: string): AlignedText {
  if (source.text === '') return source;
  const transform = new Transform(source);
  const [, end] = characterRange(source.text, 0);
  let first = true;
  for (const character of [...text, source.text.slice(0, end)]) {
    transform.push(character, first ? 0 : 1);
    first = false;
  }
  transform.keepTo(source.text.length);
  return transform.done();
}

/** Writes `content` in place of every match; it has the place of the match's last character. */
export function replaceMatches(source: AlignedText, pattern: RegExp, content: string): AlignedText {
  const { text } = source;
  let transform: Transform | undefined;
  let before = -1;
  for (const { 0: found, index } of text.matchAll(pattern)) {
    if (found === '' && index === before) continue; // No match that is empty follows another at once.
    before = index + found.length;
    transform ??= new Transform(source);
    transform.keepTo(index);
    transform.dropTo(before);
    transform.push(content, 1);
  }
  transform?.keepTo(text.length);
  return transform?.done() ?? source;
}

import { AlignedText, characterRange } from './aligned-text.ts';

/**
 * Writes a changed text character by character, saying of each what it stands for in the source. Hugging Face's
 * tokenizers count the same way, and offsets come out as theirs.
 */
export class Transform {
  readonly #source: AlignedText;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #text = '';
  /** Units of the source that are used up. */
  #used = 0;

  /** @param removed - Characters of the source that are left out before the first one written. */
  constructor(source: AlignedText, removed = 0) {
    this.#source = source;
    this.#skip(removed);
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
    this.#skip(-change);
  }

  /** Takes the characters up to unit `to` over as they are. */
  keepTo(to: number): void {
    const { text } = this.#source;
    while (this.#used < to) this.push(text.slice(...characterRange(text, this.#used)), 0);
  }

  /** Leaves out the characters up to unit `to`. */
  dropTo(to: number): void {
    this.#used = to;
  }

  /** What was written. */
  done(): AlignedText {
    return new AlignedText(this.#text, 0, { starts: Int32Array.from(this.#starts), ends: Int32Array.from(this.#ends) });
  }

  #skip(characters: number): void {
    const { text } = this.#source;
    for (let count = 0; count < characters && this.#used < text.length; count++) {
      this.#used = characterRange(text, this.#used)[1];
    }
  }

  #write(character: string, start: number, end: number): void {
    this.#text += character;
    for (let unit = 0; unit < character.length; unit++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }
}

/** Leaves out the characters that `keep` refuses. */
export function filter(source: AlignedText, keep: (character: string) => boolean): AlignedText {
  const characters = [...source.text];
  const first = characters.findIndex(keep);
  if (first < 0) return characters.length === 0 ? source : new AlignedText('', source.startOf(0));
  const transform = new Transform(source, first);
  let last = characters[first]!;
  let removed = 0;
  let changed = first > 0;
  for (const character of characters.slice(first + 1)) {
    if (!keep(character)) {
      removed += 1;
      continue;
    }
    transform.push(last, -removed);
    changed ||= removed > 0;
    last = character;
    removed = 0;
  }
  transform.push(last, -removed);
  return changed || removed > 0 ? transform.done() : source;
}

/** Writes for each character the characters that `change` gives; the first has its place, the others are additions. */
export function mapCharacters(source: AlignedText, change: (character: string) => string): AlignedText {
  const transform = new Transform(source);
  let changed = false;
  for (const character of source.text) {
    const written = change(character);
    changed ||= written !== character;
    let first = true;
    for (const one of written) {
      transform.push(one, first ? 0 : 1);
      first = false;
    }
  }
  return changed ? transform.done() : source;
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
  const transform = new Transform(source);
  let changed = false;
  for (const match of text.matchAll(pattern)) {
    changed = true;
    transform.keepTo(match.index);
    transform.dropTo(match.index + match[0].length);
    transform.push(content, 1);
  }
  if (!changed) return source;
  transform.keepTo(text.length);
  return transform.done();
}

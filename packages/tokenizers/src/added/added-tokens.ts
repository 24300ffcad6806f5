import type { AlignedText } from '../text/aligned-text.ts';
import { isSpace } from '../text/characters.ts';
import { Trie } from '../models/trie.ts';

/** A token that is looked for in the text itself, before anything else. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only where it is a word by itself. */
  readonly singleWord: boolean;
  /** Takes the white space before it along. */
  readonly lstrip: boolean;
  /** Takes the white space after it along. */
  readonly rstrip: boolean;
  /** Looked for in the normalized text, normalized itself. */
  readonly normalized: boolean;
  /** Left out by `decode` with `skipSpecialTokens`. */
  readonly special: boolean;
}

/** A piece of text, or an added token that was found. */
export interface Part {
  readonly piece: AlignedText;
  readonly id: number | undefined;
}

const WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]/u;

/** Finds added tokens in a text: at each place the longest. */
export class AddedTokenFinder {
  readonly #trie: Trie;
  readonly #tokens: readonly AddedToken[];
  /** 1 for the units that a token begins with. */
  readonly #first = new Uint8Array(65_536);

  /** @param spelling - How each token is spelled in the texts to come. */
  constructor(tokens: readonly AddedToken[], spelling: (token: AddedToken) => string) {
    this.#tokens = tokens;
    const entries = tokens.map((token, index) => [spelling(token), index] as const).filter(([text]) => text !== '');
    this.#trie = new Trie(entries);
    for (const [text] of entries) this.#first[text.charCodeAt(0)] = 1;
  }

  /** Cuts a piece at the tokens in it. */
  split(piece: AlignedText): Part[] {
    if (this.#tokens.length === 0) return piece.text === '' ? [] : [{ piece, id: undefined }];
    const { text } = piece;
    const parts: Part[] = [];
    let done = 0;
    const first = this.#first;
    for (let at = 0; at < text.length;) {
      if (first[text.charCodeAt(at)] === 0) {
        at += 1;
        continue;
      }
      const [end, index] = this.#longestAt(text, at);
      if (index < 0) {
        at += 1;
        continue;
      }
      const token = this.#tokens[index]!;
      const from = at;
      at = end;
      if (token.singleWord && !isWordAlone(text, from, end)) continue;
      const start = token.lstrip ? Math.max(done, spaceBefore(text, from)) : from;
      const stop = token.rstrip ? spaceAfter(text, end) : end;
      if (start > done) parts.push({ piece: piece.slice(done, start), id: undefined });
      parts.push({ piece: piece.slice(start, stop), id: token.id });
      done = stop;
      at = Math.max(at, stop);
    }
    if (done < text.length) parts.push({ piece: piece.slice(done, text.length), id: undefined });
    return parts;
  }

  #longestAt(text: string, from: number): readonly [end: number, index: number] {
    let best: readonly [number, number] = [from, -1];
    for (let at = from, node = 0; at < text.length;) {
      node = this.#trie.child(node, text.charCodeAt(at++));
      if (node === 0) break;
      const index = this.#trie.value(node);
      if (index >= 0) best = [at, index];
    }
    return best;
  }
}

function isWordAlone(text: string, from: number, to: number): boolean {
  const before = from === 0 ? '' : characterBefore(text, from);
  const after = to >= text.length ? '' : String.fromCodePoint(text.codePointAt(to)!);
  return !WORD.test(before) && !WORD.test(after);
}

function characterBefore(text: string, at: number): string {
  const unit = text.charCodeAt(at - 1);
  const low = unit >= 0xdc00 && unit < 0xe000 && at >= 2;
  return text.slice(low ? at - 2 : at - 1, at);
}

function spaceBefore(text: string, at: number): number {
  let start = at;
  while (start > 0 && isSpace(text[start - 1]!)) start -= 1;
  return start;
}

function spaceAfter(text: string, at: number): number {
  let end = at;
  while (end < text.length && isSpace(text[end]!)) end += 1;
  return end;
}

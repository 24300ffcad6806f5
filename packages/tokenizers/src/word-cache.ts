import { TokenList } from './models/model.ts';
import { IntList } from './text/int-list.ts';

/** Words that are kept, and tokens of them. */
const MOST_WORDS = 1 << 17;
const MOST_TOKENS = 1 << 21;
/** Places of the table that are looked at for a word: nobody can write a text whose words all come to lie in one place. */
const MOST_STEPS = 64;

/**
 * Words and their tokens, in a hash table that is asked with a stretch of a text: no string is made to look up a word. When
 * it is full it begins anew.
 */
export class WordCache {
  /** The tokens of all words, one after the other. */
  readonly tokens = new TokenList();
  /** For each word: where its tokens end; the next begin there. */
  readonly #tokenEnds = new IntList();
  readonly #hashes = new IntList();
  readonly #unitEnds = new IntList();
  #units = new Uint16Array(1024);
  /** Words by hash: number + 1; 0 is free. */
  #table = new Int32Array(1024);

  /** The number of a word; `~hash` if it is not there. */
  find(text: string, from: number, to: number): number {
    let hash = to - from;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x9e3779b1) ^ (hash >>> 15);
    hash = (hash ^ (hash >>> 13)) & 0x7fffffff;
    const mask = this.#table.length - 1;
    for (let step = 0; step < MOST_STEPS; step++) {
      const word = this.#table[(hash + step) & mask]! - 1;
      if (word < 0) break;
      if (this.#hashes.values[word] === hash && this.#isWord(word, text, from, to)) return word;
    }
    return ~hash;
  }

  /** Where the tokens of a word begin. */
  tokensFrom(word: number): number {
    return word === 0 ? 0 : this.#tokenEnds.values[word - 1]!;
  }

  /** Where the tokens of a word end. */
  tokensTo(word: number): number {
    return this.#tokenEnds.values[word]!;
  }

  /** Adds a word that is not there, unless its place in the table is crowded. */
  add(word: string, hash: number, tokens: TokenList): void {
    if (this.#hashes.length >= MOST_WORDS || this.tokens.length >= MOST_TOKENS) this.#clear();
    if (this.#hashes.length * 2 >= this.#table.length) this.#grow();
    if (!this.#place(hash, this.#hashes.length + 1)) return;
    const begin = this.#unitsFrom(this.#hashes.length);
    const end = begin + word.length;
    if (end > this.#units.length) {
      const grown = new Uint16Array(Math.max(end, this.#units.length * 2));
      grown.set(this.#units);
      this.#units = grown;
    }
    for (let index = 0; index < word.length; index++) this.#units[begin + index] = word.charCodeAt(index);
    this.tokens.addAll(tokens);
    this.#hashes.push(hash);
    this.#unitEnds.push(end);
    this.#tokenEnds.push(this.tokens.length);
  }

  #unitsFrom(word: number): number {
    return word === 0 ? 0 : this.#unitEnds.values[word - 1]!;
  }

  #isWord(word: number, text: string, from: number, to: number): boolean {
    const begin = this.#unitsFrom(word);
    if (this.#unitEnds.values[word]! - begin !== to - from) return false;
    for (let at = from; at < to; at++) if (this.#units[begin + at - from] !== text.charCodeAt(at)) return false;
    return true;
  }

  #place(hash: number, entry: number): boolean {
    const mask = this.#table.length - 1;
    for (let step = 0; step < MOST_STEPS; step++) {
      if (this.#table[(hash + step) & mask] !== 0) continue;
      this.#table[(hash + step) & mask] = entry;
      return true;
    }
    return false;
  }

  #grow(): void {
    this.#table = new Int32Array(this.#table.length * 4);
    for (let word = 0; word < this.#hashes.length; word++) this.#place(this.#hashes.values[word]!, word + 1);
  }

  #clear(): void {
    this.tokens.clear();
    this.#tokenEnds.clear();
    this.#hashes.clear();
    this.#unitEnds.clear();
    this.#table.fill(0);
  }
}

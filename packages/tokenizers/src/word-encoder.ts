import type { RunBuilder } from './encoding/run-builder.ts';
import { TokenList } from './models/model.ts';
import type { Model } from './models/model.ts';
import { utf8, characterOf } from './text/byte-characters.ts';
import { WordCache } from './word-cache.ts';

/** Units of the longest word that is kept. */
const LONGEST_KEPT = 64;

/** Encodes words by a model, keeping what it found; words may go to the model as GPT-2's names of their bytes. */
export class WordEncoder {
  readonly #model: Model;
  readonly #byteLevel: boolean;
  readonly #cache = new WordCache();
  readonly #tokens = new TokenList();

  constructor(model: Model, byteLevel: boolean) {
    this.#model = model;
    this.#byteLevel = byteLevel;
  }

  /** Adds the tokens of a word, from a unit of a text to another (exclusive), to a run. */
  encode(run: RunBuilder, text: string, from: number, to: number): void {
    const cache = this.#cache;
    const isKept = to - from <= LONGEST_KEPT;
    const found = isKept ? cache.find(text, from, to) : -1;
    if (found >= 0) return run.addWord(from, cache.tokens, cache.tokensFrom(found), cache.tokensTo(found));
    const word = text.slice(from, to);
    const tokens = this.#tokens;
    tokens.clear();
    this.#tokenize(word, tokens);
    if (isKept) cache.add(word, ~found, tokens);
    run.addWord(from, tokens, 0, tokens.length);
  }

  #tokenize(word: string, tokens: TokenList): void {
    if (!this.#byteLevel) return this.#model.tokenize(word, tokens);
    if (this.#model.tokenizeBytes?.(word, tokens) === true) return;
    const { names, starts, ends } = bytesOf(word);
    const before = tokens.length;
    this.#model.tokenize(names, tokens);
    for (let index = before; index < tokens.length; index++) {
      tokens.starts.values[index] = starts[tokens.starts.values[index]!]!;
      tokens.ends.values[index] = ends[tokens.ends.values[index]! - 1]!;
    }
  }
}

/** A word as GPT-2's names of its bytes, and for each the units of the character it belongs to. */
function bytesOf(word: string): { names: string; starts: number[]; ends: number[] } {
  const starts: number[] = [];
  const ends: number[] = [];
  let names = '';
  let at = 0;
  for (const character of word) {
    for (const byte of utf8(character)) {
      names += characterOf(byte);
      starts.push(at);
      ends.push(at + character.length);
    }
    at += character.length;
  }
  return { names, starts, ends };
}

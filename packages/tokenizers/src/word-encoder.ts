import type { Model, WordTokens } from './models/model.ts';
import { characterOf, utf8 } from './text/byte-characters.ts';

/** Words whose tokens are kept. */
const MOST_KEPT = 1 << 17;
/** Units of the longest word that is kept. */
const LONGEST_KEPT = 64;

/** Encodes words by a model, keeping what it found; words may go to the model as GPT-2's names of their bytes. */
export class WordEncoder {
  readonly #model: Model;
  readonly #byteLevel: boolean;
  readonly #kept = new Map<string, WordTokens>();

  constructor(model: Model, byteLevel: boolean) {
    this.#model = model;
    this.#byteLevel = byteLevel;
  }

  /** The tokens of a word, with the units of the word that each covers. */
  encode(word: string): WordTokens {
    const known = this.#kept.get(word);
    if (known !== undefined) return known;
    const tokens = this.#byteLevel ? this.#encodeBytes(word) : this.#model.tokenize(word);
    if (word.length <= LONGEST_KEPT) {
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(word, tokens);
    }
    return tokens;
  }

  #encodeBytes(word: string): WordTokens {
    const { characters, starts, ends } = byteText(word);
    const tokens = this.#model.tokenize(characters);
    return {
      ids: tokens.ids,
      starts: tokens.starts.map((start) => starts[start]!),
      ends: tokens.ends.map((end) => ends[end - 1]!),
    };
  }
}

/** A word as characters that stand for its bytes, and for each the units of the character it belongs to. */
function byteText(word: string): { characters: string; starts: number[]; ends: number[] } {
  const starts: number[] = [];
  const ends: number[] = [];
  let characters = '';
  let at = 0;
  for (const character of word) {
    for (const byte of utf8(character)) {
      characters += characterOf(byte);
      starts.push(at);
      ends.push(at + character.length);
    }
    at += character.length;
  }
  return { characters, starts, ends };
}

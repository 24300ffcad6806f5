import type { AlignedText } from '../text/aligned-text.ts';
import { utf8 } from '../text/byte-characters.ts';
import { Transform } from '../text/transform.ts';
import { malformed } from '../read/fields.ts';
import type { Normalizer } from './normalizer.ts';

/** Bytes of the longest group of characters that is looked up as a whole. */
const LONGEST_GROUP = 5;

/**
 * SentencePiece's table of replacements: four bytes with the size of a double-array trie, the trie, and the texts it
 * points to, each ended by a zero.
 */
export class CharacterMap {
  readonly #trie: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #known = new Map<string, string | undefined>();

  constructor(bytes: Uint8Array) {
    const size = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (size < 4 || size % 4 !== 0 || 4 + size > bytes.length) {
      throw malformed('precompiled_charsmap', `${bytes.length} bytes`, 'the size of a trie, the trie and its texts');
    }
    this.#trie = new Uint32Array(bytes.slice(4, 4 + size).buffer);
    this.#texts = bytes.subarray(4 + size);
  }

  /** What a character or group becomes; undefined if the table has nothing for it or its beginning. */
  lookUp(group: string): string | undefined {
    if (this.#known.has(group)) return this.#known.get(group);
    const at = this.#find(utf8(group));
    const end = at === undefined ? 0 : this.#texts.indexOf(0, at);
    const found = at === undefined ? undefined : decoder.decode(this.#texts.subarray(at, end < 0 ? undefined : end));
    if (this.#known.size < 100_000) this.#known.set(group, found);
    return found;
  }

  /** The value of the shortest beginning of the key that is in the trie. */
  #find(key: Uint8Array): number | undefined {
    const unitAt = (index: number): number => this.#trie[index] ?? 0;
    let node = 0;
    let unit = unitAt(node);
    node ^= offsetOf(unit);
    for (const byte of key) {
      if (byte === 0) return undefined;
      node ^= byte;
      unit = unitAt(node);
      if ((unit & 0x800000ff) !== byte) return undefined;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) return unitAt(node) & 0x7fffffff;
    }
    return undefined;
  }
}

const decoder = /* @__PURE__ */ new TextDecoder();

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);

/** Applies SentencePiece's table, group of characters by group, as Hugging Face's tokenizers do. */
export function precompiledNormalizer(map: CharacterMap): Normalizer {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return (source) => {
    const transform = new Pieces(source);
    for (const { segment } of segmenter.segment(source.text)) {
      const whole = utf8(segment).length <= LONGEST_GROUP ? map.lookUp(segment) : undefined;
      if (whole !== undefined) {
        transform.replace(segment, whole);
        continue;
      }
      for (const character of segment) {
        const found = map.lookUp(character);
        if (found === undefined) transform.keep(character);
        else transform.replace(character, found);
      }
    }
    return transform.done();
  };
}

/** Characters with their changes, of which the last may still change. */
class Pieces {
  readonly #source: AlignedText;
  readonly #pieces: { readonly character: string; change: number }[] = [];
  #changed = false;

  constructor(source: AlignedText) {
    this.#source = source;
  }

  keep(character: string): void {
    this.#pieces.push({ character, change: 0 });
  }

  replace(old: string, text: string): void {
    this.#changed = true;
    const before = [...old].length;
    const characters = [...text];
    characters.forEach((character, index) => this.#pieces.push({ character, change: index < before ? 0 : 1 }));
    const last = this.#pieces.at(-1);
    if (characters.length < before && last !== undefined) last.change -= before - characters.length;
  }

  done(): AlignedText {
    if (!this.#changed) return this.#source;
    const transform = new Transform(this.#source);
    for (const { character, change } of this.#pieces) transform.push(character, change);
    return transform.done();
  }
}

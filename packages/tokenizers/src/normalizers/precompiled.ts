import type { AlignedText } from '../text/aligned-text.ts';
import { widthAt } from '../text/classes.ts';
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

  /** The longest stretch from a unit of a text on that is in the table: where it ends, and what it becomes. */
  longestAt(text: string, from: number): readonly [end: number, replacement: string] | undefined {
    let node = offsetOf(this.#trie[0] ?? 0);
    let best = -1;
    let end = from;
    for (let at = from; at < text.length;) {
      const width = widthAt(text, at);
      for (const byte of utf8Of(text.codePointAt(at)!)) {
        if (byte === 0) return this.#found(best, end);
        node ^= byte;
        const unit = this.#trie[node] ?? 0;
        if ((unit & 0x800000ff) !== byte) return this.#found(best, end);
        node ^= offsetOf(unit);
        if (((unit >>> 8) & 1) === 0) continue;
        best = (this.#trie[node] ?? 0) & 0x7fffffff;
        end = at + width;
      }
      at += width;
    }
    return this.#found(best, end);
  }

  #found(value: number, end: number): readonly [number, string] | undefined {
    if (value < 0) return undefined;
    const stop = this.#texts.indexOf(0, value);
    return [end, decoder.decode(this.#texts.subarray(value, stop < 0 ? undefined : stop))];
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

const known = new Map<number, Uint8Array>();

/** The bytes of a code point, made once. */
function utf8Of(code: number): Uint8Array {
  const found = known.get(code);
  if (found !== undefined) return found;
  const bytes = utf8(String.fromCodePoint(code));
  if (known.size < 100_000) known.set(code, bytes);
  return bytes;
}

/** Applies SentencePiece's table as SentencePiece does: from left to right, always the longest stretch that is in it. */
export function longestMatchNormalizer(map: CharacterMap): Normalizer {
  return (source) => {
    const { text } = source;
    const pieces = new Pieces(source);
    for (let at = 0; at < text.length;) {
      const found = map.longestAt(text, at);
      if (found === undefined) at += widthAt(text, at);
      else {
        pieces.replace(at, text.slice(at, found[0]), found[1]);
        at = found[0];
      }
    }
    return pieces.done();
  };
}

/** What is not ASCII, with the characters around it that may form a group with it. */
// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const NOT_ASCII = /[\0-\x7f]?(?:[^\0-\x7f]+[\0-\x7f]?)+/gu;

/** Applies SentencePiece's table, group of characters by group, as Hugging Face's tokenizers do. */
export function precompiledNormalizer(map: CharacterMap): Normalizer {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return (source) => {
    const { text } = source;
    const pieces = new Pieces(source);
    const addAscii = (from: number, to: number): void => {
      for (let at = from; at < to;) {
        const length = text.startsWith('\r\n', at) && at + 1 < to ? 2 : 1;
        addGroup(pieces, at, text.slice(at, at + length), map);
        at += length;
      }
    };
    let done = 0;
    for (const { 0: stretch, index } of text.matchAll(NOT_ASCII)) {
      addAscii(done, index);
      for (const { segment, index: at } of segmenter.segment(stretch)) addGroup(pieces, index + at, segment, map);
      done = index + stretch.length;
    }
    addAscii(done, text.length);
    return pieces.done();
  };
}

function addGroup(pieces: Pieces, from: number, group: string, map: CharacterMap): void {
  // Three bytes for a unit are the most there are.
  const isShort = group.length * 3 <= LONGEST_GROUP || utf8(group).length <= LONGEST_GROUP;
  const whole = isShort ? map.lookUp(group) : undefined;
  if (whole !== undefined) return pieces.replace(from, group, whole);
  if (group.length === 1) return;
  let at = from;
  for (const character of group) {
    const found = map.lookUp(character);
    if (found !== undefined) pieces.replace(at, character, found);
    at += character.length;
  }
}

/** Characters with their changes; those in between are kept. */
class Pieces {
  readonly #source: AlignedText;
  #transform: Transform | undefined;
  /** Units of the source that are dealt with. */
  #done = 0;

  constructor(source: AlignedText) {
    this.#source = source;
  }

  replace(at: number, old: string, text: string): void {
    const transform = (this.#transform ??= new Transform(this.#source));
    this.#keepTo(transform, at);
    const before = [...old].length;
    let written = 0;
    for (const character of text) transform.push(character, written++ < before ? 0 : 1);
    // What is left out before anything was written is not counted: the characters to come have its place.
    if (!transform.isEmpty) transform.skip(before - written);
    this.#done = at + old.length;
  }

  done(): AlignedText {
    if (this.#transform === undefined) return this.#source;
    this.#keepTo(this.#transform, this.#source.text.length);
    return this.#transform.done();
  }

  #keepTo(transform: Transform, to: number): void {
    if (transform.used === this.#done) transform.keepTo(to);
    else for (const character of this.#source.text.slice(this.#done, to)) transform.push(character, 0);
    this.#done = to;
  }
}

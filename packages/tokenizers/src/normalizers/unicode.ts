import { isAscii } from '../text/characters.ts';
import { Transform } from '../text/transform.ts';
import type { Normalizer } from './normalizer.ts';

/** A normal form of Unicode. */
export type NormalForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/** What is not ASCII, and the character before, which marks may belong to. */
// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const NOT_ASCII = /[\0-\x7f]?[^\0-\x7f]+/gu;

/** What may become one with the character before, or change places with the marks on it: marks, and vowels and ends of Hangul. */
const FOLLOWERS = String.raw`\p{M}\u1160-\u11ff\u{16d67}`;
/** What stands for such a character in another form: marks of half width, and the letters of Hangul on their own. */
const COMPATIBLE =
  String.raw`\u0e33\u0eb3\u3133\u3135\u3136\u313a-\u313f\u314f-\u3164\u3167-\u316d\u316f\u3170\u3182\u3183\u3187-\u318e` +
  String.raw`\uff9e-\uffa0\uffa3\uffa5\uffa6\uffaa-\uffaf\uffc2-\uffc7\uffca-\uffcf\uffd2-\uffd7\uffda-\uffdc`;

/** A character and what follows it: no normal form looks any further. */
const clusters = (followers: string): RegExp => new RegExp(`[^${followers}]?[${followers}]+|[^${followers}]`, 'gu');
const CANONICAL = /* @__PURE__ */ clusters(FOLLOWERS);
const ANY = /* @__PURE__ */ clusters(FOLLOWERS + COMPATIBLE);

/** A character of a normal form, and what it stands for; see {@link Transform.push}. */
interface Piece {
  readonly character: string;
  readonly change: number;
}

/** Brings a text into a normal form. */
export const unicodeNormalizer =
  (form: NormalForm): Normalizer =>
  (source) => {
    const { text } = source;
    if (isAscii(text) || text.normalize(form) === text) return source;
    const transform = new Transform(source);
    const pattern = form === 'NFC' || form === 'NFD' ? CANONICAL : ANY;
    for (const { 0: stretch, index } of text.matchAll(NOT_ASCII)) {
      for (const { 0: cluster, index: at } of stretch.matchAll(pattern)) {
        if (cluster.normalize(form) === cluster) continue;
        transform.keepTo(index + at);
        for (const { character, change } of piecesOf(cluster, form)) transform.push(character, change);
      }
    }
    transform.keepTo(text.length);
    return transform.done();
  };

function piecesOf(cluster: string, form: NormalForm): Piece[] {
  const target = cluster.normalize(form);
  const decomposed = decompose(cluster, form === 'NFC' || form === 'NFD' ? 'NFD' : 'NFKD');
  return form === 'NFD' || form === 'NFKD' ? decomposed : compose(target, decomposed, form);
}

/** Each character taken apart, in canonical order: the first part stands for it, the others are additions. */
function decompose(cluster: string, form: 'NFD' | 'NFKD'): Piece[] {
  const parts = new Parts();
  for (const source of cluster) {
    let change = 0;
    for (const character of source.normalize(form)) {
      parts.add({ character, change });
      change = 1;
    }
  }
  return [...cluster.normalize(form)].flatMap((character) => parts.take(character));
}

/** Pieces by their character, in the order they came: a cluster may be as long as the text. */
class Parts {
  readonly #all = new Map<string, { readonly pieces: Piece[]; taken: number }>();

  add(piece: Piece): void {
    const same = this.#all.get(piece.character);
    if (same === undefined) this.#all.set(piece.character, { pieces: [piece], taken: 0 });
    else same.pieces.push(piece);
  }

  /** Takes the first piece of a character out, if there is one. */
  take(character: string): Piece[] {
    const same = this.#all.get(character);
    const piece = same?.pieces[same.taken];
    if (same === undefined || piece === undefined) return [];
    same.taken += 1;
    return [piece];
  }
}

/** Each character of the target stands for all that went into it. */
function compose(target: string, decomposed: readonly Piece[], form: 'NFC' | 'NFKC'): Piece[] {
  const left = new Parts();
  for (const piece of decomposed) left.add(piece);
  return [...target].map((character) => {
    const parts = [...character.normalize(form === 'NFC' ? 'NFD' : 'NFKD')].flatMap((part) => left.take(part));
    const sum = parts.reduce((total, { change }) => total + change, 0);
    return { character, change: sum - (parts.length - 1) };
  });
}

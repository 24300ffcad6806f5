import { LETTER, NUMBER, PUNCTUATION, SPACE, classesAt, widthAt } from '../text/classes.ts';
import { CONTRACTIONS, GPT2, llama3 } from '../text/known-patterns.ts';
import type { Cutter } from './split.ts';

// Patterns that most models cut by, written out by hand: several times faster than a regular expression, with equal cuts.

/** Finds where the word ends that begins at `at`; the text after `to` does not count. */
type WordEnd = (text: string, at: number, to: number) => number;

const ALL = LETTER | NUMBER | SPACE;

/** Cuts a text into words that follow each other without a gap. */
const cutWords =
  (wordEnd: WordEnd): Cutter =>
  (text, from, to, cuts) => {
    for (let at = from; at < to;) {
      cuts.push(at);
      at = wordEnd(text, at, to);
      cuts.push(at);
    }
  };

/** Where characters of one kind (letters, numbers, or neither) end. */
function kindEnd(text: string, from: number, to: number): number {
  const kind = classesAt(text, from) & ALL;
  let at = from + widthAt(text, from);
  while (at < to && (classesAt(text, at) & ALL) === kind) at += widthAt(text, at);
  return at;
}

/** Units of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d` at a place; 0 if there is none. */
function contraction(text: string, at: number, to: number, anyCase: boolean): number {
  if (text.charCodeAt(at) !== 39 || at + 1 >= to) return 0;
  const ending = text.slice(at + 1, Math.min(to, at + 3));
  // The long s is an s where case does not count.
  const small = anyCase ? ending.replaceAll('ſ', 's').toLowerCase() : ending;
  if ('stmd'.includes(small[0]!)) return 2;
  return small === 're' || small === 've' || small === 'll' ? 3 : 0;
}

/** White space, of which the last stays with the word after it. */
function spaceEnd(text: string, at: number, to: number): number {
  const end = spacesEnd(text, at, to);
  return end === to || end === at + 1 ? end : end - 1;
}

function spacesEnd(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && (classesAt(text, at) & SPACE) !== 0) at += 1;
  return at;
}

/** GPT-2: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`. */
export const cutAsGpt2 = /* @__PURE__ */ cutWords((text, at, to) => {
  const short = contraction(text, at, to, false);
  if (short > 0) return at + short;
  const first = text.charCodeAt(at) === 32 && at + 1 < to ? at + 1 : at;
  return (classesAt(text, first) & SPACE) === 0 ? kindEnd(text, first, to) : spaceEnd(text, at, to);
});

/**
 * GPT-4's cl100k, Llama 3 (three digits) and Qwen 2 (one):
 * `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
 */
export const cutAsLlama3 = (digits: 1 | 3): Cutter =>
  cutWords((text, at, to) => {
    const short = contraction(text, at, to, true);
    if (short > 0) return at + short;
    const kind = classesAt(text, at) & ALL;
    if (kind === LETTER) return kindEnd(text, at, to);
    if (kind === NUMBER) return numbersEnd(text, at, to, digits);
    const next = at + widthAt(text, at);
    const isBreak = isLineBreak(text.charCodeAt(at));
    if (!isBreak && next < to && (classesAt(text, next) & ALL) === LETTER) return kindEnd(text, next, to);
    const first = text.charCodeAt(at) === 32 && next < to ? next : at;
    if ((classesAt(text, first) & ALL) === 0) return breaksEnd(text, kindEnd(text, first, to), to);
    const end = spacesEnd(text, at, to);
    for (let last = end - 1; last >= at; last--) if (isLineBreak(text.charCodeAt(last))) return last + 1;
    return end === to || end === at + 1 ? end : end - 1;
  });

function numbersEnd(text: string, from: number, to: number, most: number): number {
  let at = from;
  for (let count = 0; count < most && at < to && (classesAt(text, at) & NUMBER) !== 0; count++) at += widthAt(text, at);
  return at;
}

const isLineBreak = (unit: number): boolean => unit === 10 || unit === 13;

function breaksEnd(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isLineBreak(text.charCodeAt(at))) at += 1;
  return at;
}

/** BERT: white space goes, each punctuation mark is a word. */
export const cutAsBert: Cutter = (text, from, to, cuts) => {
  for (let at = from; at < to;) {
    const first = classesAt(text, at);
    const start = at;
    at += widthAt(text, at);
    if ((first & SPACE) !== 0) continue;
    while ((first & PUNCTUATION) === 0 && at < to && (classesAt(text, at) & (SPACE | PUNCTUATION)) === 0) {
      at += widthAt(text, at);
    }
    cuts.push(start);
    cuts.push(at);
  }
};

/** Numbers apart from all else; `single`: each digit by itself. */
export const cutDigits =
  (single: boolean): Cutter =>
  (text, from, to, cuts) => {
    for (let at = from; at < to;) {
      cuts.push(at);
      const isNumber = (classesAt(text, at) & NUMBER) !== 0;
      at += widthAt(text, at);
      while (!(single && isNumber) && at < to && ((classesAt(text, at) & NUMBER) !== 0) === isNumber) {
        at += widthAt(text, at);
      }
      cuts.push(at);
    }
  };

/** Before every occurrence of a text. */
export const cutBefore =
  (mark: string): Cutter =>
  (text, from, to, cuts) => {
    const part = to === text.length ? text : text.slice(0, to);
    for (let at = from; at < to;) {
      const next = part.indexOf(mark, at + 1);
      cuts.push(at);
      at = next < 0 ? to : next;
      cuts.push(at);
    }
  };

/** The patterns that are written out by hand, which a tokenizer file has word by word. */
export const SCANNED: ReadonlyMap<string, Cutter> = /* @__PURE__ */ new Map([
  [GPT2, cutAsGpt2],
  ...CONTRACTIONS.map((short): [string, Cutter] => [llama3(short, '{1,3}'), cutAsLlama3(3)]),
  ...CONTRACTIONS.map((short): [string, Cutter] => [llama3(short, ''), cutAsLlama3(1)]),
]);

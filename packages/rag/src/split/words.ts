/** A place in a text, in UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * What counts as a word: a run without white space of at most 64 signs, so that no text is without a place to cut; one sign of
 * the scripts that write no spaces.
 */
const WORDS =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]|[^\s\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]{1,64}/gu;

/** The words of a range. */
export function* wordsOf(raw: string, { start, end }: Range): Generator<Range> {
  for (const { index, 0: word } of raw.slice(start, end).matchAll(WORDS)) {
    yield { start: start + index, end: start + index + word.length };
  }
}

/** How many words a range has. */
export function countWords(raw: string, range: Range): number {
  let count = 0;
  const text = raw.slice(range.start, range.end);
  WORDS.lastIndex = 0;
  while (WORDS.test(text)) count++;
  return count;
}

import { prepend, replaceMatches } from '../text/transform.ts';
import type { Splitter } from './pre-tokenizer.ts';
import { splitAt } from './split.ts';

/** Where a space is put before a text: before every piece, before the first of the text, or nowhere. */
export type PrependScheme = 'always' | 'first' | 'never';

/** Settings of {@link metaspace}. */
export interface MetaspaceOptions {
  /** What stands for a space. SentencePiece's is `▁`. */
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  /** Cuts before every `replacement`. */
  readonly split: boolean;
}

/** Writes spaces as a visible character, as SentencePiece does. */
export function metaspace({ replacement, prependScheme, split }: MetaspaceOptions): Splitter {
  const escaped = replacement.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const pattern = new RegExp(escaped, 'gu');
  const wanted = (isFirst: boolean): boolean => prependScheme === 'always' || (prependScheme === 'first' && isFirst);
  return (piece) => {
    const isFirst = piece.isAtStart;
    let text = replaceMatches(piece, / /g, replacement);
    if (wanted(isFirst) && !text.text.startsWith(replacement)) text = prepend(text, replacement);
    if (!split) return text.text === '' ? [] : [text];
    return splitAt(text, pattern, 'MergedWithNext');
  };
}

import { prepend, replaceMatches } from '../text/transform.ts';
import type { Step } from './pre-tokenizer.ts';
import { cutBefore } from './scan.ts';

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
export function metaspace({ replacement, prependScheme, split }: MetaspaceOptions): Step {
  const wanted = (isFirst: boolean): boolean => prependScheme === 'always' || (prependScheme === 'first' && isFirst);
  return {
    change: (piece) => {
      const isFirst = piece.isAtStart;
      const text = replaceMatches(piece, / /g, replacement);
      return wanted(isFirst) && !text.text.startsWith(replacement) ? prepend(text, replacement) : text;
    },
    cut: split ? cutBefore(replacement) : undefined,
  };
}

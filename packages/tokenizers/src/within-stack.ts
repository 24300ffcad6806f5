import { TokenizerError } from './errors.ts';

/**
 * Runs what recurses or matches a pattern. The stack is all that bounds either: patterns remember where they may have to
 * go back to, and a file may have steps in steps without end.
 */
export function withinStack<R>(op: 'fromJSON' | 'encode', run: () => R): R {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const what =
      op === 'encode'
        ? 'a text is too long for this tokenizer. Got one with a stretch too long for a pattern, or a tokenizer of too many steps; ' +
          'expected less. Cut the text into parts.'
        : 'the file goes too deep. Got steps in steps; expected fewer. Take a tokenizer.json that Hugging Face wrote.';
    throw new TokenizerError(op === 'encode' ? 'ARGUMENT' : 'TOKENIZER', `${op}: ${what}`, { op, cause });
  }
}

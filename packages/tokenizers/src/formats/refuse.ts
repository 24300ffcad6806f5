import { TokenizerError } from '../errors.ts';

/** A tokenizer file that cannot be used. */
export const refuse = (what: string, got: string, expected: string): TokenizerError =>
  new TokenizerError('TOKENIZER', `fromFolder: ${what}. Got ${got.slice(0, 200)}; expected ${expected}.`, {
    op: 'fromFolder',
  });

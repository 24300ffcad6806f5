import type { Tokenizer } from '@gai/tokenizers';

/** Tokens that are in no text that is written. */
export const specialTokens = (tokenizer: Tokenizer | undefined): Tokenizer['addedTokens'] =>
  (tokenizer?.addedTokens ?? []).filter(({ special, content }) => special && content !== '');

import { checkOptionNames } from './check-option-names.ts';
import { TokenizerError } from './errors.ts';
import { wellFormed } from './text/characters.ts';
import { Tokenizer } from './tokenizer.ts';

/** Settings of {@link characterTokenizer}. */
export interface CharacterTokenizerOptions {
  /** Stands for characters that are not in the text; its id is 0. Default `<unk>`. */
  readonly unkToken?: string | undefined;
}

/**
 * A tokenizer with one token per character: the smallest vocabulary there is, for learning and for small models.
 * @param text - Its characters become tokens, in the order they first appear, with ids from 1.
 * @example
 * const tokenizer = characterTokenizer('to be or not to be');
 * tokenizer.vocabSize; // => 8
 * tokenizer.encode('boot!').ids; // => [4, 2, 2, 1, 0]
 * @category Tokenizers
 */
export function characterTokenizer(text: string, options: CharacterTokenizerOptions = {}): Tokenizer {
  checkOptionNames('characterTokenizer', options, ['unkToken']);
  const { unkToken = '<unk>' } = options;
  const characters = new Set(typeof text === 'string' ? wellFormed(text) : []);
  if (characters.size === 0) {
    throw new TokenizerError(
      'ARGUMENT',
      'characterTokenizer: there is no text. Got no character; expected at least one. Pass the text the model will read.',
      { op: 'characterTokenizer' },
    );
  }
  const vocab = Object.fromEntries([unkToken, ...characters].map((token, id) => [token, id]));
  return Tokenizer.fromJSON({
    version: '1.0',
    added_tokens: [{ id: 0, content: unkToken, special: true }],
    decoder: { type: 'Fuse' },
    model: { type: 'BPE', vocab, merges: [], unk_token: unkToken },
  });
}

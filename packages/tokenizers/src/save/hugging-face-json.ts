import { TokenizerError } from '../errors.ts';
import type { Json } from '../read/fields.ts';
import type { TokenizerParts } from '../tokenizer.ts';
import { isCounted } from './saved-json.ts';

/**
 * A saved tokenizer without the fields that Hugging Face's library does not know.
 * @throws {@link TokenizerError} if that would be another tokenizer.
 */
export function huggingFaceJson(json: Json, { model, addedTokens }: TokenizerParts): Json {
  const added = new Set(addedTokens.map(({ content }) => content));
  const difference =
    missingTable(json['normalizer']) ??
    found(json['model'] as Json, model.vocab, added) ??
    (isCounted(tokensOf(json['model'] as Json), addedTokens)
      ? undefined
      : 'added tokens whose ids do not follow the vocabulary');
  if (difference !== undefined) throw notSaid(difference);
  const { unmatched: _, ...rest } = json['model'] as Json;
  return { ...json, model: rest };
}

const tokensOf = ({ vocab }: Json): readonly string[] =>
  Array.isArray(vocab) ? vocab.map((entry: readonly [string, number]) => entry[0]) : Object.keys(vocab as object);

/** SentencePiece looks up the longest stretch of a text in its table of characters, Hugging Face's library one group of characters. */
function missingTable(normalizer: unknown): string | undefined {
  const { longest_match: longest, normalizers } = (normalizer ?? {}) as {
    longest_match?: unknown;
    normalizers?: unknown[];
  };
  if (longest === true) return 'longest_match, the way SentencePiece looks up its table of characters';
  return normalizers?.map(missingTable).find((one) => one !== undefined);
}

/** Tokens that are never found in a text, and would be; added tokens are found before. */
function found(
  { unmatched, type }: Json,
  vocab: ReadonlyMap<string, number>,
  added: ReadonlySet<string>,
): string | undefined {
  const ids = new Set(unmatched as readonly number[] | undefined);
  for (const [token, id] of ids.size === 0 ? [] : vocab) {
    // Merges never make such a token: only one of a single character would be met.
    const isMet = ids.has(id) && !added.has(token) && token !== '' && (type === 'Unigram' || [...token].length === 1);
    if (isMet)
      return `unmatched, since the text ${JSON.stringify(token)} does not stand for the token ${JSON.stringify(token)}`;
  }
  return undefined;
}

const notSaid = (what: string): TokenizerError =>
  new TokenizerError(
    'TOKENIZER',
    `toHuggingFaceJSON: Hugging Face's format cannot say what this tokenizer does. Got ${what}; expected a tokenizer without. Use ` +
      'toJSON: their library reads it, and gives some texts other ids.',
    { op: 'toHuggingFaceJSON' },
  );

import type { AddedToken } from '../added/added-tokens.ts';
import type { Json } from '../read/fields.ts';

/**
 * What a tokenizer was read from, as Hugging Face's library wants it: with every field of an added token, and with the added tokens
 * whose ids do not follow the vocabulary without a gap in the vocabulary itself, since that library counts and does not look.
 */
export function savedJson(source: Json, addedTokens: readonly AddedToken[]): Json {
  const json = { ...source, added_tokens: addedTokens.map(addedTokenJson) };
  const model = source['model'] as Json;
  const vocab = model['vocab'] as Readonly<Record<string, number>>;
  const isPairs = model['type'] === 'BPE' || (model['type'] === undefined && model['merges'] !== undefined);
  if (!isPairs || isCounted(Object.keys(vocab), addedTokens)) return json;
  const apart = addedTokens.filter(({ content }) => !Object.hasOwn(vocab, content));
  const all = Object.fromEntries([
    ...Object.entries(vocab),
    ...apart.map(({ content, id }): [string, number] => [content, id]),
  ]);
  // Words must not be taken for these.
  const unmatched = [...((model['unmatched'] as readonly number[] | undefined) ?? []), ...apart.map(({ id }) => id)];
  return { ...json, model: { ...model, vocab: all, unmatched } };
}

/** Whether counting on from the vocabulary gives added tokens that are not in it their ids. */
export function isCounted(tokens: readonly string[], addedTokens: readonly AddedToken[]): boolean {
  const known = new Set(tokens);
  let next = known.size;
  for (const { content, id } of addedTokens) {
    if (known.has(content)) continue;
    if (id !== next) return false;
    next += 1;
  }
  return true;
}

const addedTokenJson = (token: AddedToken): Json => ({
  id: token.id,
  content: token.content,
  single_word: token.singleWord,
  lstrip: token.lstrip,
  rstrip: token.rstrip,
  normalized: token.normalized,
  special: token.special,
});

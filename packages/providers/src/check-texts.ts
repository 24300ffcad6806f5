import { ProviderError } from './errors.ts';

/**
 * Refuses what is no list of texts: for those who write an {@link Embedder} or a {@link Classifier}.
 * @param op - Who takes them, for messages.
 * @throws {@link ProviderError} `ARGUMENT`.
 * @example
 * checkTexts('embed', ['a', 'b']);
 * checkTexts('embed', 'a' as never); // => throws ProviderError
 * @category Embedding
 */
export function checkTexts(op: string, texts: readonly string[]): void {
  const odd = Array.isArray(texts) ? (texts as readonly unknown[]).findIndex((text) => typeof text !== 'string') : -1;
  if (Array.isArray(texts) && odd < 0) return;
  const got = Array.isArray(texts) ? `${typeof texts[odd]} at place ${odd}` : String(texts).slice(0, 40);
  throw new ProviderError('ARGUMENT', `${op}: there is no list of texts. Got ${got}; expected strings in a list.`, {
    op,
  });
}

import { ProviderError } from '@gai/providers';
import type { Tokenizer } from '@gai/tokenizers';
import type { PromptEncoder } from './encode-prompt.ts';
import { specialTokens } from './special-tokens.ts';

/** Special tokens that are stop texts: they are in no text that is written, so that only their ids tell. */
export function stopIds(stops: readonly string[], tokenizer: Tokenizer | undefined): ReadonlySet<number> {
  if (stops.length === 0) return new Set();
  return new Set(specialTokens(tokenizer).flatMap(({ id, content }) => (stops.includes(content) ? [id] : [])));
}

/**
 * Refuses stop texts that would never be found.
 * @throws {@link ProviderError} where no text is written, or a stop text is one of special tokens and others.
 */
export function checkStops(op: string, stops: readonly string[], { tokenizer, name }: PromptEncoder): void {
  if (stops.length === 0) return;
  if (tokenizer === undefined) {
    throw new ProviderError(
      'UNSUPPORTED',
      `${op}: there is no tokenizer. Got stop for '${name}', which writes no text; expected none. Pass { eosTokenId } or { stopWhen }, or ` +
        `put a tokenizer into its folder.`,
      { op, details: { option: 'stop' } },
    );
  }
  const special = specialTokens(tokenizer).map(({ content }) => content);
  for (const stop of stops) {
    if (special.includes(stop)) continue;
    const token = special.find((content) => stop.includes(content));
    if (token !== undefined) throw mixed(op, stop, token);
  }
}

// oxlint-disable-next-line max-params -- one sentence.
const mixed = (op: string, stop: string, token: string): ProviderError =>
  new ProviderError(
    'UNSUPPORTED',
    `${op}: a stop text has a special token in it. Got ${JSON.stringify(stop)} with '${token}', which is in no text that is written; ` +
      `expected text alone, or the token alone. Stop at one of them.`,
    { op, details: { stop, token } },
  );

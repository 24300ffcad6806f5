import { ArgumentError } from '@gai/core';
import type { CacheView } from '@gai/nn';
import { checkInputs } from './checks.ts';
import type { HiddenStateInputs } from './generative.ts';

/**
 * The inputs of the hidden states of a decoder behind an encoder, which has nothing to look at without a cache.
 * @throws {@link ArgumentError} for an input that there is not, or without a cache.
 */
export function decoderInputs(
  op: string,
  inputs: HiddenStateInputs,
): HiddenStateInputs & { readonly cache: CacheView } {
  checkInputs(op, inputs, ['attentionMask', 'positionIds', 'cache']);
  const { cache } = inputs;
  if (cache !== undefined) return { ...inputs, cache };
  throw new ArgumentError(
    `${op}: there is no encoder to look at. Got no cache; expected one with its keys and values. Call cache.setCross(...) and pass ` +
      `cache.view(), or run the whole model with forward.`,
    { op },
  );
}

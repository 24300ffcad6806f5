import type { Tensor } from '@gai/core';
import type { Embedding } from '@gai/nn';
import { paddingMask } from '../attention/masks.ts';
import { checkInputs, checkMask, checkTokens } from './checks.ts';

/** What the inputs of an encoder have to fit. */
interface EncoderLimits {
  /** What the encoder takes besides token ids. */
  readonly names: readonly string[];
  readonly words: Embedding;
  /** Tokens that have a position, unless positions are given. */
  readonly positions: number;
}

/** Refuses what an encoder cannot take. @returns The mask of its scores. */
export function encoderMask(
  op: string,
  inputIds: Tensor,
  inputs: { readonly attentionMask?: Tensor | undefined; readonly positionIds?: Tensor | undefined },
  // oxlint-disable-next-line max-params -- as the checks: what it is, and what it is checked by.
  { names, words, positions }: EncoderLimits,
): Tensor | undefined {
  checkInputs(op, inputs, names);
  checkTokens(op, inputIds, words, inputs.positionIds === undefined ? positions : Infinity);
  checkMask(op, inputIds, inputs.attentionMask);
  return inputs.attentionMask === undefined ? undefined : paddingMask(inputs.attentionMask);
}

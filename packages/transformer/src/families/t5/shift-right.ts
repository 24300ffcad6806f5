import { ArgumentError, concat, equal, full, slice, where } from '@gai/core';
import type { Tensor } from '@gai/core';

/**
 * What a decoder is given to learn labels: the start token, then every label but the last; −100 becomes padding.
 * @param labels - `[batch, time]`, int32.
 * @param config - Of the model: its start and padding tokens.
 * @throws {@link ArgumentError} if the configuration has none.
 * @example
 * const labels = tensor([[5, 6, -100]], { dtype: 'int32' });
 * await toArray(shiftRight(labels, { decoderStartTokenId: 0, padTokenId: 0 })); // => [[0, 5, 6]]
 * @category T5
 */
export function shiftRight(
  labels: Tensor,
  config: { readonly decoderStartTokenId: number | null; readonly padTokenId: number | null },
): Tensor {
  const { decoderStartTokenId: start, padTokenId: pad } = config;
  if (start === null || pad === null) {
    throw new ArgumentError(
      `shiftRight: tokens are missing. Got decoderStartTokenId ${start} and padTokenId ${pad}; expected two token ids. Set them in the ` +
        `configuration.`,
      { op: 'shiftRight' },
    );
  }
  const first = full([labels.shape[0]!, 1], start, labels.dtype);
  const shifted = concat([first, slice(labels, [null, [0, -1]])], { axis: 1 });
  return where(equal(shifted, -100), pad, shifted);
}

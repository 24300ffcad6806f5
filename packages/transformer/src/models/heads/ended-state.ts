import { ArgumentError, ShapeError, equal, iota, less, logicalOr, max, maximum, unsqueeze, where } from '@gai/core';
import type { Tensor } from '@gai/core';
import { stateAt } from '../last-token.ts';

/** A text, and which token ends it. */
interface EndedText {
  readonly inputIds: Tensor;
  readonly eosTokenId: number | readonly number[] | null;
}

/**
 * What a head makes of the hidden state at the last end of each text: `[batch, time, features]` → `[batch, classes]`. A row without an end
 * has NaN: the reference refuses such a batch.
 * @throws {@link ArgumentError} if no token ends texts.
 */
// oxlint-disable-next-line max-params -- who asks, of what, and for what.
export function classifyEnded(
  op: string,
  hidden: Tensor,
  { inputIds, eosTokenId }: EndedText,
  head: (x: Tensor) => Tensor,
): Tensor {
  const places = where(isEnd(op, inputIds, eosTokenId), iota(inputIds.shape[1]!), -1);
  const last = max(places, { axis: -1, keepDims: true }); // [batch, 1]
  const ended = stateAt(hidden, unsqueeze(maximum(last, 0), -1));
  return where(less(last, 0), NaN, head(ended));
}

function isEnd(op: string, inputIds: Tensor, eosTokenId: EndedText['eosTokenId']): Tensor {
  const [first, ...others] = [eosTokenId ?? []].flat();
  if (first !== undefined) {
    return others.reduce((found, id) => logicalOr(found, equal(inputIds, id)), equal(inputIds, first));
  }
  throw new ArgumentError(
    `${op}: it is not known where the texts end. Got no eosTokenId; expected one in the configuration. Set it to ` +
      `the token that ends each text.`,
    { op },
  );
}

/** Refuses a decoder that has other places than the text. */
export function checkLengths(op: string, inputIds: Tensor, decoderInputIds: Tensor): void {
  const [time, target] = [inputIds.shape[1], decoderInputIds.shape[1]];
  if (time === target || typeof time !== 'number' || typeof target !== 'number') return;
  throw new ShapeError(
    `${op}: the decoder has other places than the text. Got inputIds of ${time} tokens and decoderInputIds of ` +
      `${target}; expected as many. Leave decoderInputIds away: they are made of inputIds.`,
    { op, details: { time, target } },
  );
}

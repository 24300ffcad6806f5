import { ArgumentError, cast, iota, max, mul, notEqual, slice, squeeze, takeAlongAxis, unsqueeze } from '@gai/core';
import type { Tensor } from '@gai/core';

/**
 * The hidden state of each text's last token, which is the last one that is not padding: `[batch, time, features]` →
 * `[batch, features]`. Without a padding token it is the last one of the row, which only a batch of one row can mean.
 */
export function lastToken(op: string, hidden: Tensor, inputIds: Tensor, padTokenId: number | null): Tensor {
  if (padTokenId === null) {
    if (hidden.shape[0] !== 1) throw noPadding(op, String(hidden.shape[0]));
    return squeeze(slice(hidden, [null, [-1]]), 1);
  }
  const places = mul(iota(inputIds.shape[1]!), cast(notEqual(inputIds, padTokenId), 'int32'));
  return stateAt(hidden, unsqueeze(max(places, { axis: -1, keepDims: true }), -1));
}

/** The hidden state at one place of each row: `[batch, time, features]` and `[batch, 1, 1]`, int32 → `[batch, features]`. */
export const stateAt = (hidden: Tensor, place: Tensor): Tensor => squeeze(takeAlongAxis(hidden, place, { axis: 1 }), 1);

const noPadding = (op: string, batch: string): ArgumentError =>
  new ArgumentError(
    `${op}: it is not known where the texts end. Got ${batch} rows and no padTokenId; expected one row, or a padTokenId in ` +
      `the configuration. Set padTokenId to the token that fills up the batch.`,
    { op },
  );

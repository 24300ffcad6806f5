import { ArgumentError, ShapeError, formatShape } from '@gai/core';
import type { Tensor } from '@gai/core';
import { isInteger } from '@gai/core/ops';

/** Refuses what is no batch of token ids, or has more tokens than there are positions. */
export function checkTokens(op: string, inputIds: Tensor, maxPositions = Infinity): void {
  const { dtype, shape } = inputIds;
  if (!isInteger(dtype) || shape.length !== 2) {
    throw new ShapeError(
      `${op}: these are no token ids. Got ${dtype} ${formatShape(shape)}; expected int32 [batch,time]. Put one text in a ` +
        `batch of its own: tensor([ids], { dtype: 'int32' }).`,
      { op },
    );
  }
  const time = shape[1]!;
  if (typeof time !== 'number' || time <= maxPositions) return;
  throw new ShapeError(
    `${op}: the text is too long. Got ${time} tokens; expected at most ${maxPositions}, which have a position. Cut it off.`,
    { op, details: { time, maxPositions } },
  );
}

/** Refuses features that cannot be divided among the heads. */
export function checkHeads(
  op: string,
  [features, size]: readonly [string, number],
  [heads, count]: readonly [string, number],
): void {
  if (size % count === 0) return;
  throw new ArgumentError(
    `${op}: the features cannot be divided among the heads. Got ${features} ${size} and ${heads} ${count}; expected ${features} ` +
      `to be a multiple of ${heads}. Change one.`,
    { op, details: { [features]: size, [heads]: count } },
  );
}

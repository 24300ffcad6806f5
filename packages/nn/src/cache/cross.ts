import { ArgumentError, concat, gather, pad, tensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { KeysValues } from './cache-view.ts';

/** An encoder's keys and values. */
export interface Cross {
  readonly layers: readonly KeysValues[];
  readonly lengths: readonly number[];
  /** Which of the texts that were set each row stands for. */
  readonly origins: readonly number[];
}

/** Rows that stand for the same encoder output as before (the beams of one text) are left as they are. */
export function gatherCross({ layers, lengths, origins }: Cross, rows: readonly number[]): Cross {
  const next = rows.map((source) => origins[source]!);
  const isSame = next.length === origins.length && next.every((origin, row) => origin === origins[row]);
  if (isSame) return { layers, lengths, origins };
  const indices = tensor(Int32Array.from(rows));
  const moved = (x: Tensor): Tensor => gather(x, indices, { axis: 0 });
  return {
    layers: layers.map(({ key, value }) => ({ key: moved(key), value: moved(value) })),
    lengths: rows.map((source) => lengths[source]!),
    origins: next,
  };
}

/** The rows of several caches one after the other, as long as the longest. */
export function concatCross(all: readonly (Cross | undefined)[]): Cross | undefined {
  const crosses = all.filter((cross) => cross !== undefined);
  if (crosses.length === 0) return undefined;
  if (crosses.length < all.length) {
    throw new ArgumentError(
      `KeyValueCache.concat: the caches do not fit. Got some with keys of an encoder and some without; expected all or ` +
        `none. Call setCross on each.`,
      { op: 'KeyValueCache.concat' },
    );
  }
  const sizeOf = (x: Tensor): number => x.shape[2] as number;
  const longest = Math.max(...crosses.map(({ layers }) => sizeOf(layers[0]!.key)));
  const padded = (x: Tensor): Tensor => (sizeOf(x) === longest ? x : pad(x, [0, 0, [0, longest - sizeOf(x)], 0]));
  const joined = (part: 'key' | 'value', layer: number): Tensor =>
    concat(crosses.map(({ layers }) => padded(layers[layer]![part])));
  let first = 0;
  const origins = crosses.flatMap((cross) => {
    const shifted = cross.origins.map((origin) => origin + first);
    first += Math.max(...cross.origins) + 1;
    return shifted;
  });
  return {
    layers: crosses[0]!.layers.map((_, layer) => ({ key: joined('key', layer), value: joined('value', layer) })),
    lengths: crosses.flatMap(({ lengths }) => [...lengths]),
    origins,
  };
}

import { ArgumentError, ShapeError, formatShape, isTensor } from '@gai/core';
import type { Shape } from '@gai/core';
import { checkArgument } from '@gai/core/ops';
import type { KeysValues } from './cache-view.ts';
import type { KeyValueCacheOptions } from './key-value-cache.ts';

const OP = 'KeyValueCache';

const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value);

/** Refuses what is no list of numbers. */
function checkNumbers(value: unknown, name: string, argument: string): void {
  checkArgument(isList(value), value, { op: `${OP}.${name}`, name: argument, rule: 'a list of whole numbers' });
}

/** Refuses what is no list of keys and values. */
function checkPairs(value: unknown): void {
  const isPair = (pair: Partial<KeysValues> | null | undefined): boolean => isTensor(pair?.key) && isTensor(pair.value);
  const rule = 'a list with { key, value } for each layer, both tensors';
  checkArgument(Array.isArray(value) && value.every(isPair), value, { op: OP, name: 'rows', rule });
}

/** Refuses what is no list of caches. */
export function checkCaches(value: unknown, isCache: (one: unknown) => boolean): void {
  const rule = 'a list of caches';
  checkArgument(Array.isArray(value) && value.every(isCache), value, { op: `${OP}.concat`, name: 'caches', rule });
}

/** Refuses sizes that are none. */
export function checkOptions(options: KeyValueCacheOptions): void {
  const isGiven = typeof options === 'object' && options !== null;
  checkArgument(isGiven, options, { op: OP, name: 'the options object', rule: '{ layers, heads, depth }' });
  const { layers, heads, depth, valueDepth = depth, batch = 1, capacity = 0 } = options;
  const isRoom = Number.isInteger(capacity) && capacity >= 0;
  checkArgument(isRoom, capacity, { op: OP, name: 'capacity', rule: 'a whole number of at least 0' });
  for (const [name, size] of Object.entries({ layers, heads, depth, valueDepth, batch })) {
    if (Number.isInteger(size) && size >= 1) continue;
    throw new ArgumentError(
      `${OP}: ${name} is not a size. Got ${String(size)}; expected a whole number of at least 1.`,
      {
        op: OP,
        details: { [name]: size },
      },
    );
  }
}

/** Refuses caches of different models. */
export function sameOptions(all: readonly KeyValueCacheOptions[]): void {
  const texts = all.map(({ layers, heads, depth, valueDepth = depth, dtype = 'float32' }) =>
    JSON.stringify({ layers, heads, depth, valueDepth, dtype }),
  );
  if (texts.length > 0 && texts.every((text) => text === texts[0])) return;
  throw new ArgumentError(
    `${OP}.concat: the caches do not fit. Got ${texts.join(' and ') || 'none'}; expected at least one, of equal sizes. Join ` +
      `caches of one model.`,
    { op: `${OP}.concat` },
  );
}

/** The number of new entries per row; refuses what is not of this cache. */
export function checkRows(rows: readonly KeysValues[], options: KeyValueCacheOptions, batch: number): number {
  checkPairs(rows);
  const { layers, heads, depth, valueDepth = depth, dtype = 'float32' } = options;
  const time = rows[0]?.key.shape[2];
  const fits = (shape: Shape, size: number): boolean =>
    formatShape(shape) === formatShape([batch, heads, time ?? 0, size]);
  const isRight = ({ key, value }: KeysValues): boolean =>
    fits(key.shape, depth) && fits(value.shape, valueDepth) && key.dtype === dtype && value.dtype === dtype;
  const wrong = rows.findIndex((row) => !isRight(row));
  if (rows.length === layers && wrong < 0 && typeof time === 'number') return time;
  const { key, value } = rows[Math.max(wrong, 0)] ?? {};
  const got =
    key === undefined || value === undefined
      ? ''
      : `, key ${key.dtype} ${formatShape(key.shape)} and value ${value.dtype} ${formatShape(value.shape)} in layer ${Math.max(wrong, 0)}`;
  throw new ShapeError(
    `${OP}: the rows do not fit. Got ${rows.length} layers${got}; expected ${layers} layers of ${dtype} ` +
      `[${batch},${heads},time,${depth}] and [${batch},${heads},time,${valueDepth}]. Return view.rows() from the step.`,
    { op: OP },
  );
}

/** Refuses counts of new entries that are more than there are. */
export function checkCounts(counts: readonly number[], batch: number, time: number): void {
  checkNumbers(counts, 'append', 'counts');
  const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0 && count <= time;
  if (counts.length === batch && counts.every(isCount)) return;
  throw new ArgumentError(
    `${OP}: the counts do not fit. Got [${counts.join()}]; expected ${batch} whole numbers from 0 to ${time}, one per row.`,
    { op: OP },
  );
}

/** Refuses rows that are not there. */
export function checkLayers(name: string, rows: readonly number[], batch: number): void {
  checkNumbers(rows, name, 'rows');
  if (rows.length > 0 && rows.every((row) => Number.isInteger(row) && row >= 0 && row < batch)) return;
  throw new ArgumentError(
    `${OP}.${name}: there are no such rows. Got [${rows.join()}]; expected at least one whole number from 0 to ${batch - 1}.`,
    { op: `${OP}.${name}` },
  );
}

/** Refuses lengths that are more than there is. */
export function checkTruncation(kept: readonly number[], lengths: readonly number[]): void {
  checkNumbers(kept, 'truncate', 'lengths');
  const fits =
    kept.length === lengths.length &&
    kept.every((length, row) => Number.isInteger(length) && length >= 0 && length <= lengths[row]!);
  if (fits) return;
  throw new ArgumentError(
    `${OP}.truncate: the lengths do not fit. Got [${kept.join()}]; expected for each row a whole number of at most its ` +
      `length ([${lengths.join()}]). Append to make rows longer.`,
    { op: `${OP}.truncate` },
  );
}

/** Refuses to guess how many keys of an encoder count. */
export function checkNoCounts(layers: readonly KeysValues[]): void {
  if (layers.every(({ counts }) => counts === undefined)) return;
  throw new ArgumentError(
    `${OP}.setCross: it is not said how many keys count. Got layers with counts and no lengths; expected lengths. Pass ` +
      `[...await data(layers[0].counts)] as lengths.`,
    { op: `${OP}.setCross` },
  );
}

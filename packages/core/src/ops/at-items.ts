import { ArgumentError } from '../errors.ts';
import { isTensor } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { describeValue } from '../argument.ts';
import { tensor } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';

/** Whole numbers in lists, however deep. */
export type IndexList = readonly (number | IndexList)[];
/** Flags in lists, however deep. */
export type MaskList = readonly (boolean | MaskList)[];

/**
 * What may stand for an axis in {@link at}, as between NumPy's brackets: a number takes one element and drops the axis;
 * text is a range `'start:stop:step'`, the rest of the axes `'...'`, or several of these with commas; null is a new axis of
 * size 1; whole numbers in a list or an integer tensor take those elements; flags in a list or a bool tensor take the
 * elements where they hold.
 * @category Indexing
 */
export type Index = number | string | null | IndexList | MaskList | Tensor;

/** One part of an index, as it is understood. */
export type Item =
  | { readonly kind: 'rest' }
  | { readonly kind: 'new' }
  | { readonly kind: 'pick'; readonly index: number }
  | { readonly kind: 'range'; readonly start: number | null; readonly stop: number | null; readonly step: number }
  | { readonly kind: 'list'; readonly list: Tensor };

const RANGE = /^(-?\d+)?:(-?\d+)?(?::(-?\d+)?)?$/;

/** The parts of an index; text with commas is several. */
export function itemsOf(indices: readonly Index[]): Item[] {
  return indices.flatMap((index): Item[] => {
    if (typeof index === 'string') return index.split(',').map((part) => textItem(part.trim(), index));
    if (index === null) return [{ kind: 'new' }];
    if (typeof index === 'number' && Number.isInteger(index)) return [{ kind: 'pick', index }];
    if (Array.isArray(index) || isTensor(index)) return [{ kind: 'list', list: listOf(index) }];
    throw refused(describeValue(index));
  });
}

/** A list as a tensor; one without elements is one of indices, as in NumPy. */
function listOf(index: IndexList | MaskList | Tensor): Tensor {
  if (isTensor(index)) return asTensor(index, 'at');
  const flat = (index as readonly unknown[]).flat(Infinity);
  return tensor(index as never, typeof flat[0] === 'boolean' ? {} : { dtype: 'int32' });
}

function textItem(text: string, whole: string): Item {
  if (text === '...') return { kind: 'rest' };
  if (/^-?\d+$/.test(text)) return { kind: 'pick', index: Number(text) };
  const found = RANGE.exec(text);
  // A step of 0 would stand still.
  if (found === null || Number(found[3] ?? 1) === 0) throw refused(`'${whole}'`);
  const [start, stop, step] = found.slice(1).map((end) => (end === undefined ? null : Number(end)));
  return { kind: 'range', start: start ?? null, stop: stop ?? null, step: step ?? 1 };
}

const refused = (got: string): ArgumentError =>
  new ArgumentError(
    `at: not an index. Got ${got}; expected a whole number, 'start:stop:step', '...', null for a new axis, or a list or ` +
      `tensor of whole numbers or flags. Write it as between NumPy's brackets.`,
    { op: 'at' },
  );

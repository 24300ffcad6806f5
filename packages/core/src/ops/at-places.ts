import { dimEquals, isSymbolic } from '../dim.ts';
import { GraphError, ShapeError } from '../errors.ts';
import { elementsOf } from '../ir/describe.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { hostLeaf, tensor } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import type { Item } from './at-items.ts';
import { asIndices } from './indexing.ts';

/** Indices of one axis, whatever they were given as; `values` where they are known now. */
export interface Places {
  readonly tensor: Tensor;
  readonly values: readonly number[] | undefined;
}

/** What a list of indices is given as. */
type List = Extract<Item, { kind: 'list' }>['values'];

/** How many axes a list is for: flags have one for each of theirs. */
export function axesOfList(values: List): number {
  const list = toTensor(values);
  return list.dtype === 'bool' ? list.shape.length : 1;
}

/** A list without elements is one of indices, as in NumPy. */
const toTensor = (values: List): Tensor => {
  if (isTensor(values)) return asTensor(values, 'at');
  const flat = (values as readonly unknown[]).flat(Infinity);
  return tensor(values as never, typeof flat[0] === 'boolean' ? {} : { dtype: 'int32' });
};

/** The indices of a list on `axis`; of a mask one list for each of its axes. */
export function placesOf(values: List, x: Tensor, axis: number): Places[] {
  const list = toTensor(values);
  if (list.dtype === 'bool') return maskPlaces(list, x, axis);
  const elements = elementsOf(list.leaf);
  if (elements === undefined) return [{ tensor: asIndices(list, 'at'), values: undefined }];
  asIndices(list, 'at');
  return [
    known(
      Array.from(elements as ArrayLike<number | bigint>, (element) => checkPlace(Number(element), x, axis)),
      list.shape,
    ),
  ];
}

function maskPlaces(mask: Tensor, x: Tensor, first: number): Places[] {
  const flags = elementsOf(mask.leaf);
  const sizes = x.shape.slice(first, first + mask.shape.length);
  if (mask.shape.length === 0 || !mask.shape.every((size, axis) => dimEquals(size, sizes[axis]!))) {
    throw new ShapeError(
      `at: the mask does not fit. Got a mask ${formatShape(mask.shape)} for axis ${first} of x ${formatShape(x.shape)}; ` +
        `expected ${formatShape(sizes)}. Reshape the mask.`,
      { op: 'at' },
    );
  }
  if (flags === undefined) {
    throw new GraphError(
      `at: the mask is not known. Got a bool tensor that is not computed yet; expected its values, which say how many ` +
        `elements are taken. Await evaluate(mask) before, or keep the size with where or maskedFill.`,
      { op: 'at' },
    );
  }
  const held = Array.from(flags.keys()).filter((place) => Number(flags[place]) !== 0);
  return mask.shape.map((size, axis) => {
    const stride = Number(sizeOf(mask.shape.slice(axis + 1)));
    return known(
      held.map((place) => Math.floor(place / stride) % Number(size)),
      [held.length],
    );
  });
}

/** Refuses an index outside an axis whose size is known. */
export function checkPlace(place: number, x: Tensor, axis: number): number {
  const size = x.shape[axis]!;
  if (isSymbolic(size) || (place >= -size && place < size)) return place;
  throw new ShapeError(
    `at: the index is out of range. Got ${place} for axis ${axis} of x ${formatShape(x.shape)}; expected ` +
      `${size === 0 ? 'none, since the axis has no elements' : `${-size} to ${size - 1}`}. Change the index.`,
    { op: 'at', details: { index: place, axis } },
  );
}

/** Indices whose values are known. */
export function known(values: readonly number[], shape: Shape): Places {
  const sizes = shape as readonly number[];
  return { tensor: hostLeaf(Int32Array.from(values), { dtype: 'int32', shape: sizes }, false), values };
}

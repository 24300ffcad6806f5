import { dimEquals, isSymbolic } from '../dim.ts';
import { GraphError, ShapeError } from '../errors.ts';
import { elementsOf } from '../ir/describe.ts';
import type { Tensor } from '../ir/tensor.ts';
import { formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { hostLeaf } from '../trace/literal.ts';
import { asIndices } from './indexing.ts';

/** Indices of one axis, whatever they were given as. */
export interface Places {
  readonly tensor: Tensor;
  /** Whether they are known now, and so known to be on the axis, if that has a known size. */
  readonly isKnown: boolean;
  /** Whether none of them counts from the end. */
  readonly isFromFront: boolean;
}

/** How many axes a list is for: flags have one for each of theirs. */
export const axesOfList = ({ dtype, shape }: Tensor): number => (dtype === 'bool' ? shape.length : 1);

/** The indices of a list on `axis`; of a mask one list for each of its axes. */
export function placesOf(list: Tensor, x: Tensor, axis: number): Places[] {
  if (list.dtype === 'bool') return maskPlaces(list, x, axis);
  const indices = asIndices(list, 'at');
  const elements = elementsOf(list.leaf) as ArrayLike<number | bigint> | undefined;
  let isFromFront = elements !== undefined;
  for (let each = 0; each < (elements?.length ?? 0); each += 1) {
    if (checkPlace(Number(elements![each]), x, axis) < 0) isFromFront = false;
  }
  return [{ tensor: indices, isKnown: elements !== undefined, isFromFront }];
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

/** More than any axis has. */
const MOST = 2 ** 31 - 1;

/** Refuses an index outside an axis whose size is known, or outside any axis. */
export function checkPlace(place: number, x: Tensor, axis: number): number {
  const size = x.shape[axis]!;
  const most = isSymbolic(size) ? MOST : size;
  if (place >= -most && place < most) return place;
  throw new ShapeError(
    `at: the index is out of range. Got ${place} for axis ${axis} of x ${formatShape(x.shape)}; expected ` +
      `${most === 0 ? 'none, since the axis has no elements' : `${-most} to ${most - 1}`}. Change the index.`,
    { op: 'at', details: { index: place, axis } },
  );
}

/** Indices whose values are known. */
export function known(values: readonly number[], shape: Shape): Places {
  const tensor = hostLeaf(Int32Array.from(values), { dtype: 'int32', shape: shape as readonly number[] }, false);
  return { tensor, isKnown: true, isFromFront: values.every((value) => value >= 0) };
}

import { isSymbolic } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ShapeError } from '../errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes, formatShape, sizeOf } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { itemsOf } from './at-items.ts';
import type { Index, Item } from './at-items.ts';
import { axesOfList, checkPlace, known, placesOf } from './at-places.ts';
import type { Places } from './at-places.ts';
import { greaterEqual, less, logicalAnd, where } from './compare.ts';
import { add, mul } from './elementwise.ts';
import { gather } from './indexing.ts';
import { slice, squeeze, unsqueeze } from './movement.ts';
import type { SliceRange } from './movement.ts';
import { countOf } from './reduce.ts';
import { cast, expand, reshape, transpose } from './structural.ts';

/** What remains of an axis: its place in the sliced tensor, with indices where some of it are taken. */
interface Axis {
  readonly places?: Places;
}

/**
 * A part of a tensor, as between NumPy's brackets: `at(x, 0, '1:3')` is `x[0, 1:3]`, `at(x, '...', -1)` is `x[..., -1]`.
 *
 * Several lists of indices broadcast and pick together, as in NumPy; where something else stands between them, their axes
 * come first. Flags (a mask) need to be known when this is called: their number is a size of the result. Indices that are
 * known are checked now, those of a tensor that is computed when the graph runs.
 * @param indices - One {@link Index} for each of the first axes; the others are taken whole.
 * @throws {@link ShapeError} for an index outside its axis, too many of them, or a mask of another shape.
 * @throws {@link GraphError} for a mask that is not computed yet.
 * @example
 * const x = tensor([[1, 2, 3], [4, 5, 6]]);
 * await toArray(at(x, -1)); // => [4, 5, 6]
 * await toArray(at(x, ':', [2, 0])); // => [[3, 1], [6, 4]]
 * await toArray(at(x, '::-1, 1:')); // => [[5, 6], [2, 3]]
 * await toArray(at(x, tensor([false, true]))); // => [[4, 5, 6]]
 * @see {@link slice} for ends with names, {@link gather} and {@link takeAlongAxis} for one axis.
 * @category Indexing
 */
export function at(x: TensorLike, ...indices: readonly Index[]): Tensor {
  const operand = asTensor(x, 'at');
  const { ranges, axes, dropped, added } = layOut(complete(itemsOf(indices), operand), operand);
  const sliced = slice(operand, ranges);
  const squeezed = dropped.length === 0 ? sliced : squeeze(sliced, dropped);
  return pickPlaces(
    added.reduce((y, axis) => unsqueeze(y, axis), squeezed),
    axes,
  );
}

/** What is done in turn: axes are cut, dropped and added, and of those that remain some are picked from. */
interface Layout {
  readonly ranges: SliceRange[];
  readonly dropped: number[];
  readonly added: number[];
  readonly axes: Axis[];
}

function layOut(items: readonly Item[], x: Tensor): Layout {
  const layout: Layout = { ranges: [], dropped: [], added: [], axes: [] };
  const { ranges, dropped, added, axes } = layout;
  const hasLists = items.some(({ kind }) => kind === 'list');
  for (const item of items) {
    const axis = ranges.length;
    if (item.kind === 'new') added.push(axes.length);
    if (item.kind === 'new' || item.kind === 'range') axes.push({});
    if (item.kind === 'range') ranges.push([item.start, item.stop, item.step]);
    if (item.kind === 'list' || (item.kind === 'pick' && hasLists)) {
      // Beside lists a number is one of them, as in NumPy.
      const places =
        item.kind === 'list' ? placesOf(item.list, x, axis) : [known([checkPlace(item.index, x, axis)], [])];
      ranges.push(...places.map(() => null));
      axes.push(...places.map((each) => ({ places: each })));
    } else if (item.kind === 'pick') {
      const place = checkPlace(item.index, x, axis);
      ranges.push([place, place === -1 ? null : place + 1]);
      dropped.push(axis);
    }
  }
  return layout;
}

/** The items with a range for each axis that none stands for. */
function complete(items: readonly Item[], x: Tensor): Item[] {
  const used = items.reduce((count, item) => count + axesOf(item), 0);
  const rank = x.shape.length;
  const rests = items.filter(({ kind }) => kind === 'rest').length;
  if (used > rank || rests > 1) {
    throw new ShapeError(
      rests > 1
        ? `at: '...' stands twice. Got ${rests} of them; expected one at most. Write ':' for single axes.`
        : `at: too many indices. Got indices for ${used} axes of x ${formatShape(x.shape)}; expected at most ${rank}. ` +
            `Leave some out.`,
      { op: 'at' },
    );
  }
  const whole = Array.from({ length: rank - used }, (): Item => ({ kind: 'range', start: null, stop: null, step: 1 }));
  const all = rests === 0 ? [...items, { kind: 'rest' as const }] : items;
  return all.flatMap((item) => (item.kind === 'rest' ? whole : [item]));
}

/** How many axes of x an item is for. */
function axesOf(item: Item): number {
  if (item.kind === 'rest' || item.kind === 'new') return 0;
  return item.kind === 'list' ? axesOfList(item.list) : 1;
}

/** Takes the elements at the indices of some axes: `y[i, b] = x[places₀[i], places₁[i], b]`. */
function pickPlaces(x: Tensor, axes: readonly Axis[]): Tensor {
  const listed = axes.flatMap(({ places }, axis) => (places === undefined ? [] : [{ axis, places }]));
  const [first] = listed;
  if (first === undefined) return x;
  if (listed.length === 1) return gather(x, first.places.tensor, { axis: first.axis });
  const others = axes.flatMap(({ places }, axis) => (places === undefined ? [axis] : []));
  const sizes = listed.map(({ axis }) => x.shape[axis]!);
  const front = transpose(x, [...listed.map(({ axis }) => axis), ...others]);
  const rows = reshape(front, [sizeOf(sizes), ...others.map((axis) => x.shape[axis]!)]);
  const places = joined(
    listed.map((each) => each.places),
    sizes,
  );
  const picked = gather(rows, places); // [...places, ...others]
  const last = listed.at(-1)!.axis;
  if (last - first.axis !== listed.length - 1) return picked;
  // Neighbours: what they pick stands in their place.
  const rank = places.shape.length;
  const order = picked.shape.map((_, axis) => axis);
  return transpose(picked, [
    ...order.slice(rank, rank + first.axis),
    ...order.slice(0, rank),
    ...order.slice(rank + first.axis),
  ]);
}

/** Places on several axes as those on the axis that they are together; outside it where one is outside its own. */
function joined(places: readonly Places[], sizes: Shape): Tensor {
  const shape = places.reduce<Shape>((all, each) => broadcastShapes(all, each.tensor.shape, 'at'), []);
  const parts = places.map((each, axis) => {
    const { place, inside } = fromFront(each, sizes[axis]!);
    return { place: mul(place, countOf(sizes.slice(axis + 1), iotaOf(sizes.length - axis - 1), 'int32')), inside };
  });
  const sum = parts.map(({ place }) => place).reduce((total, place) => add(total, place));
  const checks = parts.flatMap(({ inside }) => (inside === undefined ? [] : [inside]));
  // An index outside its axis would stand for another element: it is sent beyond the last one, where the run fails.
  const beyond = countOf(sizes, iotaOf(sizes.length), 'int32');
  return expand(checks.length === 0 ? sum : where(checks.reduce(logicalAnd), sum, beyond), shape);
}

/** Indices counted from the front, as int32, and whether they are on the axis, where that is not known. */
function fromFront({ tensor: given, isKnown, isFromFront }: Places, size: Dim): { place: Tensor; inside?: Tensor } {
  if (isKnown && isFromFront && !isSymbolic(size)) return { place: cast(given, 'int32') };
  // In the dtype given: what int32 does not hold would be another index.
  const count = countOf([size], [0], given.dtype);
  const place = isFromFront ? given : where(less(given, 0), add(given, count), given);
  if (isKnown && !isSymbolic(size)) return { place: cast(place, 'int32') };
  return { place: cast(place, 'int32'), inside: logicalAnd(greaterEqual(place, 0), less(place, count)) };
}

const iotaOf = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

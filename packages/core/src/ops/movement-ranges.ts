import { dimAdd, dimFloorDiv, dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import { formatShape, normalizeAxes, normalizeAxis } from '../shape.ts';
import type { Shape } from '../shape.ts';
import type { SliceRange } from './movement.ts';

/** The axes that the ranges of a slice are for. */
export function rangeAxes(shape: Shape, ranges: readonly SliceRange[], given: readonly number[] | undefined): number[] {
  if (given !== undefined) normalizeAxes(given, shape.length, 'slice');
  const axes = given?.map((axis) => normalizeAxis(axis, shape.length, 'slice')) ?? ranges.map((_, axis) => axis);
  if (ranges.length <= shape.length && axes.length === ranges.length) return axes;
  throw new ShapeError(
    `slice: the number of ranges does not fit. Got ${ranges.length} ranges for x ${formatShape(shape)}` +
      `${given === undefined ? '' : ` and axes [${given}]`}; expected ${given?.length ?? `at most ${shape.length}`}. Give one range for each axis.`,
    { op: 'slice' },
  );
}

/** Start, number of elements and step of a range on an axis of `size` elements. */
export function resolveRange(range: SliceRange, size: Dim): [start: Dim, count: Dim, step: number] {
  const [start = null, stop = null, step = 1] = range ?? [];
  if (!Number.isInteger(step) || step === 0) {
    throw new ArgumentError(
      `slice: not a step. Got ${step}; expected a whole number other than 0. Use 1 to take every element.`,
      { op: 'slice' },
    );
  }
  const last = dimSub(size, 1);
  const from = start === null ? (step > 0 ? 0 : last) : resolveEnd(start, size, step);
  const to = stop === null ? (step > 0 ? size : -1) : resolveEnd(stop, size, step);
  const distance = step > 0 ? dimSub(to, from) : dimSub(from, to);
  const count = dimFloorDiv(dimAdd(distance, Math.abs(step) - 1), Math.abs(step));
  return typeof count === 'number' && count <= 0 ? [0, 0, 1] : [from, count, step];
}

/** An end as a place from 0 to `size` (from −1 to `size − 1` when stepping down), clamped where the size is known. */
function resolveEnd(end: Dim, size: Dim, step: number): Dim {
  if (typeof end === 'number' && !Number.isInteger(end)) {
    throw new ArgumentError(`slice: not an index. Got ${end}; expected a whole number or null. Round it.`, {
      op: 'slice',
    });
  }
  const place = typeof end === 'number' && end < 0 ? dimAdd(size, end) : end;
  if (typeof place !== 'number' || typeof size !== 'number') return place;
  return step > 0 ? Math.min(Math.max(place, 0), size) : Math.min(Math.max(place, -1), size - 1);
}

import type { TypedArray } from '@gai/core';
import type { ByteSource, ElementSource } from '@gai/core/io';
import type { StridedView } from './storage.ts';

/**
 * The elements of a tensor in row-major order, wherever its storage has them.
 * @param place - Where the bytes of the storage begin.
 */
export function viewElements(source: ByteSource, place: number, view: StridedView): ElementSource {
  const { type, shape, storage, offset } = view;
  const start = place + storage.byteOffset + offset * type.bytes;
  if (!isRowMajor(view))
    return { dtype: type.dtype, shape, read: (first, end) => gather(source, start, view, [first, end]) };
  const read = async (first: number, end: number): Promise<TypedArray> =>
    type.view(await source.read(start + first * type.bytes, (end - first) * type.bytes));
  const count = shape.reduce((product, size) => product * size, 1);
  if (type.dtype !== type.name) return { dtype: type.dtype, shape, read };
  return { dtype: type.dtype, shape, read, file: () => source.file?.(start, count * type.bytes) };
}

function isRowMajor({ shape, strides }: StridedView): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return shape.includes(0);
    expected *= shape[axis]!;
  }
  return true;
}

/** Elements `first` to `end` of a view: the bytes between the first and the last of them are read, and picked from. */
async function gather(
  source: ByteSource,
  start: number,
  view: StridedView,
  range: readonly [number, number],
): Promise<TypedArray> {
  const { bytes: size, view: read } = view.type;
  let [least, most] = [Infinity, -1];
  forEachPlace(view, range, (place) => {
    least = Math.min(least, place);
    most = Math.max(most, place);
  });
  if (most < 0) return read(new Uint8Array());
  const there = read(await source.read(start + least * size, (most - least + 1) * size));
  const values = new (there.constructor as new (length: number) => Elements)(range[1] - range[0]);
  forEachPlace(view, range, (place, index) => {
    values[index] = there[place - least]!;
  });
  return values as unknown as TypedArray;
}

/** What may be written into any typed array of the right kind. */
interface Elements {
  [index: number]: number | bigint;
}

/** Where elements of a view are in its storage, by counting up the last axis first. */
function forEachPlace(
  { shape, strides }: StridedView,
  [first, end]: readonly [number, number],
  visit: (place: number, index: number) => void,
): void {
  const counters = shape.map(() => 0);
  let [rest, place] = [first, 0];
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    counters[axis] = rest % shape[axis]!;
    rest = Math.floor(rest / shape[axis]!);
    place += counters[axis]! * strides[axis]!;
  }
  for (let index = first; index < end; index += 1) {
    visit(place, index - first);
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      counters[axis]! += 1;
      place += strides[axis]!;
      if (counters[axis]! < shape[axis]!) break;
      place -= shape[axis]! * strides[axis]!;
      counters[axis] = 0;
    }
  }
}

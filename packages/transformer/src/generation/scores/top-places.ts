import { largestFirst } from './largest-first.ts';

/** Up to so many are kept in a sorted list, which few numbers get into; a heap of all is made for more. */
const FEW = 512;

/** Places of the `count` largest numbers, the largest first, and of equal ones the first. */
export function topPlaces(values: ArrayLike<number>, count: number): number[] {
  if (count > FEW) return Array.from({ length: Math.min(count, values.length) }, next(largestFirst(values, 'first')));
  const places: number[] = [];
  let least = -Infinity;
  for (let place = 0; place < values.length; place += 1) {
    const value = values[place]!;
    if (places.length === count && !(value > least)) continue;
    let at = places.length;
    while (at > 0 && values[places[at - 1]!]! < value) at -= 1;
    places.splice(at, 0, place);
    if (places.length > count) places.pop();
    least = values[places.at(-1)!]!;
  }
  return places;
}

const next = (places: Generator<number, undefined>) => (): number => places.next().value!;

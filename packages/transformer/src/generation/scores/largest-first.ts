/**
 * Places of numbers, the largest first. A heap: those that nobody asks for are not sorted, which with a vocabulary are nearly all.
 * @param equal - Which of equal ones comes first: the `last` as a sort from the smallest on leaves them.
 */
export function* largestFirst(values: ArrayLike<number>, equal: 'first' | 'last'): Generator<number, undefined> {
  const heap = Int32Array.from({ length: values.length }, (_, place) => place);
  const isBefore = (a: number, b: number): boolean => {
    const [x, y] = [values[a]!, values[b]!];
    return x > y || (x === y && (equal === 'last' ? a > b : a < b));
  };
  let size = heap.length;
  const sink = (start: number): void => {
    const place = heap[start]!;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, place)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = place;
  };
  for (let at = (size >> 1) - 1; at >= 0; at -= 1) sink(at);
  while (size > 0) {
    const first = heap[0]!;
    size -= 1;
    heap[0] = heap[size]!;
    sink(0);
    yield first;
  }
  return undefined;
}

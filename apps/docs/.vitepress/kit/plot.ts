/** A point of a curve. */
export type Point = readonly [x: number, y: number];

/** Round numbers that cover a range: at most `count` of them, 1, 2 or 5 times a power of ten apart. */
export function roundTicks(low: number, high: number, count: number): number[] {
  const range = high - low;
  if (!(range > 0) || !Number.isFinite(range)) return Number.isFinite(low) ? [low] : [];
  const power = 10 ** Math.floor(Math.log10(range / count));
  const step = power * ([1, 2, 5, 10].find((times) => range / (power * times) <= count) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const ticks: number[] = [];
  for (let at = first; at * step <= high + step * 1e-9; at += 1) ticks.push(Number((at * step).toPrecision(12)));
  return ticks;
}

/** Means of neighbouring points, at most `most` of them: what a narrow picture can show of a long curve. */
export function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points];
  const size = Math.ceil(points.length / most);
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, at) =>
    points.slice(at * size, (at + 1) * size),
  );
  const mean = (group: readonly Point[], axis: 0 | 1): number =>
    group.reduce((sum, point) => sum + point[axis], 0) / group.length;
  return groups.map((group) => [mean(group, 0), mean(group, 1)]);
}

/** The running mean of a curve, of which each point weighs `1 - memory` of what is new. */
export function smoothed(points: readonly Point[], memory: number): Point[] {
  let [sum, weight] = [0, 0];
  return points.map(([x, y]) => {
    sum = memory * sum + (1 - memory) * y;
    weight = memory * weight + (1 - memory);
    return [x, sum / weight];
  });
}

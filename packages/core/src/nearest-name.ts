/** How many letters must be added, removed or replaced to turn `a` into `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Longer names are not compared: the work grows with the product of the lengths. */
const LONGEST = 60;

/**
 * The known name nearest to a misspelt one, for the message that refuses it; undefined where none is near.
 *
 * @param name - As it was given.
 * @param known - What it may be.
 * @example
 * nearestName('gama', ['discount', 'gamma']); // => 'gamma'
 * nearestName('speed', ['discount', 'gamma']); // => undefined
 * @category Errors
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (name.length > LONGEST) return undefined;
  const lower = name.toLowerCase();
  let best: string | undefined;
  // A third of the letters may differ, or two; all of them never.
  let least = Math.min(Math.max(2, Math.floor(name.length / 3)) + 1, name.length);
  for (const one of known) {
    const other = one.toLowerCase();
    const isBeginning = other !== lower && other.startsWith(lower) && lower.length > 2;
    const far = isBeginning ? 1 : distance(lower, other);
    if (far >= least) continue;
    least = far;
    best = one;
  }
  return best;
}

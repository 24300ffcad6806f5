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

/** `Did you mean frozen-lake? ` for the name nearest to a misspelt one, or nothing where none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (name.length > 60) return '';
  const lower = name.toLowerCase();
  const ranked = known
    .map((one) => ({ one, far: one.startsWith(lower) && lower.length > 2 ? 1 : distance(lower, one.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best !== undefined && best.far <= Math.max(2, Math.floor(name.length / 3)) ? `Did you mean ${best.one}? ` : '';
}

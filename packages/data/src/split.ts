import { DataError } from '@gai/core';

/** Refuses fractions that are not positive or add up to more than 1. */
export function checkFractions(op: string, fractions: readonly number[]): void {
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  const positive = fractions.length > 0 && fractions.every((fraction) => fraction > 0);
  if (positive && sum <= 1 + 1e-9) return;
  throw new DataError(
    `${op}: the fractions do not share out the rows. Got [${fractions.join(', ')}]; expected positive numbers with a ` +
      `sum of at most 1 (it is ${Number(sum.toPrecision(6))}). Pass for example [0.8, 0.2].`,
    { op, details: { fractions } },
  );
}

/**
 * Deals `n` places to the fractions so that at every prefix each part is close to its share: place `p` goes to the
 * part with the largest deficit `f·(p + 1) − dealt`. Totals are exact where `f·n` is an integer. A remainder
 * (fractions that add up to less than 1) gets part number `fractions.length`.
 */
export function deal(n: number, fractions: readonly number[]): Uint32Array {
  const rest = 1 - fractions.reduce((total, fraction) => total + fraction, 0);
  const shares = rest > 1e-9 ? [...fractions, rest] : fractions;
  const dealt = new Float64Array(shares.length);
  const parts = new Uint32Array(n);
  for (let place = 0; place < n; place++) {
    let best = 0;
    let most = -Infinity;
    for (let part = 0; part < shares.length; part++) {
      const deficit = shares[part]! * (place + 1) - dealt[part]!;
      if (deficit > most + 1e-9) {
        most = deficit;
        best = part;
      }
    }
    dealt[best]!++;
    parts[place] = best;
  }
  return parts;
}

/** The places of each of `count` parts, in order. */
export function collect(parts: Uint32Array, rows: Uint32Array, count: number): Uint32Array[] {
  const sizes = new Uint32Array(count + 1);
  for (const part of parts) sizes[part]!++;
  const out = Array.from({ length: count }, (_, part) => new Uint32Array(sizes[part]!));
  const next = new Uint32Array(count);
  parts.forEach((part, place) => {
    if (part < count) out[part]![next[part]!++] = rows[place]!;
  });
  return out;
}

/** Groups positions by a key: the positions of every distinct key, keys in order of first appearance. */
export function groupPositions(keys: Iterable<unknown>): number[][] {
  const groups = new Map<unknown, number[]>();
  let position = 0;
  for (const key of keys) {
    const group = groups.get(key);
    if (group) group.push(position);
    else groups.set(key, [position]);
    position++;
  }
  return [...groups.values()];
}

/** Refuses a part without rows. */
export function checkParts(op: string, parts: readonly Uint32Array[], fractions: readonly number[]): void {
  const empty = parts.findIndex((part) => part.length === 0);
  if (empty < 0) return;
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  throw new DataError(
    `${op}: a part gets no rows. Got fraction ${fractions[empty]} of ${total} rows for part ${empty}; expected at ` +
      `least 1 row in each part. Use larger fractions or more data.`,
    { op, details: { fractions, rows: total } },
  );
}

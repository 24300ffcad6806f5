/** True if `actual` is what a `// =>` comment says, with numbers to the digits that were written. */
export function matches(actual: unknown, expected: unknown, tolerance: number): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') return numbersMatch(actual, expected, tolerance);
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((value, index) => matches(actual[index], value, tolerance))
    );
  }
  const keys = Object.keys(expected);
  return (
    Object.keys(actual).length === keys.length &&
    keys.every((key) =>
      matches((actual as Record<string, unknown>)[key], (expected as Record<string, unknown>)[key], tolerance),
    )
  );
}

function numbersMatch(actual: number, expected: number, tolerance: number): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (actual === expected) return true;
  return Math.abs(actual - expected) <= Math.max(tolerance, 1e-5 * Math.abs(expected));
}

/**
 * Half a unit of the last decimal written, if at least three decimals are; otherwise 1e-6.
 *
 * `0.3333` allows 5.1e-5, `0.25` means 0.25.
 */
export function toleranceOf(literal: string): number {
  const decimals = [...literal.matchAll(/\.(\d{3,})(?!\d*e)/g)].map((match) => (match[1] as string).length);
  return decimals.length === 0 ? 1e-6 : 0.51 * 10 ** -Math.min(...decimals);
}

/** Typed arrays as arrays, maps as entries, class instances as plain objects; the rest as it is. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>);
  if (value instanceof Map) return plain(Object.fromEntries(value));
  if (value instanceof Set) return plain([...value]);
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

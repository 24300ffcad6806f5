/** A value as JSON can hold it: typed arrays become lists, at any depth. */
export function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && 'length' in value) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** A value in a table: numbers shortened to six digits. */
export function brief(value: unknown): string {
  const simple = plain(value);
  if (typeof simple === 'number') return String(Number(simple.toPrecision(6)));
  return Array.isArray(simple) ? `[${simple.map(brief).join(', ')}]` : JSON.stringify(simple);
}

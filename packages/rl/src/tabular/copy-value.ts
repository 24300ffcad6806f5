/**
 * A copy of an observation, action or info that nobody else can change: typed arrays, arrays, records, maps and sets are
 * copied all the way down. Whatever else an env hands out (numbers, text, functions, objects of a class) is taken as it is.
 */
export function copyValue<Value>(value: Value): Value {
  return typeof value === 'object' && value !== null ? (copyObject(value, new Map()) as Value) : value;
}

function copyObject(value: object, seen: Map<object, unknown>): unknown {
  if (ArrayBuffer.isView(value) && 'slice' in value) return (value as unknown as Float64Array).slice();
  if (value instanceof ArrayBuffer) return value.slice(0);
  const known = seen.get(value);
  if (known !== undefined) return known;
  const copy = (inner: unknown): unknown =>
    typeof inner === 'object' && inner !== null ? copyObject(inner, seen) : inner;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    seen.set(value, list);
    for (const item of value as unknown[]) list.push(copy(item));
    return list;
  }
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    seen.set(value, map);
    for (const [key, item] of value as Map<unknown, unknown>) map.set(copy(key), copy(item));
    return map;
  }
  if (value instanceof Set) {
    const set = new Set<unknown>();
    seen.set(value, set);
    for (const item of value as Set<unknown>) set.add(copy(item));
    return set;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const record: Record<string, unknown> = {};
  seen.set(value, record);
  for (const [key, item] of Object.entries(value)) record[key] = copy(item);
  return record;
}

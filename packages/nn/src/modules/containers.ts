/** What a field may hold parts of a model in. */
export type Container = readonly unknown[] | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | PlainObject;

type PlainObject = Readonly<Record<string, unknown>>;

/** True for arrays, maps, sets and plain objects: what is looked into for parts of a model. */
export function isContainer(value: unknown): value is Container {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Keys and values in order: of a map its own, of a set and an array numbers, of an object the names of its fields. */
export function entriesOf(container: Container): Iterable<readonly [key: unknown, value: unknown]> {
  if (Array.isArray(container) || container instanceof Map) return container.entries();
  if (container instanceof Set) return [...container].entries();
  return Object.entries(container);
}

/** How many entries there are. */
export function sizeOf(container: Container): number {
  if (Array.isArray(container)) return container.length;
  if (container instanceof Map || container instanceof Set) return container.size;
  return Object.keys(container).length;
}

/** The value under a key that {@link entriesOf} gave. */
export function valueAt(container: Container, key: unknown): unknown {
  if (container instanceof Map) return container.get(key);
  if (container instanceof Set) return [...container][key as number];
  return (container as PlainObject)[key as string];
}

/** Puts another value in the place of one that is there. */
export function replaceAt(container: Container, key: unknown, value: unknown): void {
  if (container instanceof Map) container.set(key, value);
  else if (container instanceof Set) {
    const values = [...container].with(key as number, value);
    container.clear();
    for (const item of values) container.add(item);
  } else (container as Record<string, unknown>)[key as string] = value;
}

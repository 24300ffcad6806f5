/** Sets a key out of a file: one called `__proto__` stays a key. */
export function define(into: object, name: string, value: unknown): void {
  Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
}

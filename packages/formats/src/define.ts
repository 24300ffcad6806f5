/** Sets a key out of a file: one called `__proto__` stays a key. */
export function define(into: object, name: string, value: unknown): void {
  Object.defineProperty(into, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Sets a key whose value is made when somebody asks for it, once: a file may have hundreds of thousands. */
export function defineOnce<Value>(into: object, name: string, make: () => Value): void {
  const get = (): Value => {
    const value = make();
    define(into, name, value);
    return value;
  };
  Object.defineProperty(into, name, { get, enumerable: true, configurable: true });
}

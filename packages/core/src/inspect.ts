/** What Node's `console.log` calls to show an object. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

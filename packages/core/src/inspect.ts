/**
 * The name of the method that Node's `console.log` calls to show an object.
 * @category Debugging
 */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

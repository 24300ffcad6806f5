/** Whether the line that makes a tensor is recorded outside traces too; see {@link setDebug}. */
let debug = false;

/**
 * Records for every tensor the line that made it, so that errors of a backend can name it. Inside traced functions
 * that is always so; outside it costs some microseconds per operation.
 * @category Debugging
 */
export function setDebug(on: boolean): void {
  debug = on;
}

/** Whether {@link setDebug} is on. */
export const isDebug = (): boolean => debug;

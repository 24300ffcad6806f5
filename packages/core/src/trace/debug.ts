/** Whether the line that makes a tensor is recorded outside traces too; see {@link setDebug}. */
let debug = false;
/** How many profiles are being taken: they need lines too. */
let watched = 0;

/**
 * Records for every tensor the line that made it, so that errors of a backend can name it. Inside traced functions
 * that is always so; outside it costs some microseconds per operation.
 * @category Debugging
 */
export function setDebug(on: boolean): void {
  debug = on;
}

/** Whether lines are recorded outside traces: {@link setDebug} is on, or a profile is taken. */
export const isDebug = (): boolean => debug || watched > 0;

/** Records lines while `task` goes on. */
export async function withLines<R>(task: () => Promise<R>): Promise<R> {
  watched += 1;
  try {
    return await task();
  } finally {
    watched -= 1;
  }
}

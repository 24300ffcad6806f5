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

// Frames of the library itself: what the user looks for is the first frame beyond them.
const HOME = import.meta.url.replace(/^file:\/\//, '').replace(/trace\/origin\.[jt]s.*$/, '');
const HOMES = [HOME, decodeURI(HOME)];

function isOwn(line: string): boolean {
  // Functions of the language (Array.map) have no place.
  if (line.endsWith('(<anonymous>)')) return true;
  const path = line.replaceAll('\\', '/');
  return HOMES.some((home) => path.includes(home)) && !/\.test\.[jt]s/.test(path);
}

/**
 * Where in the user's code a tensor was made. Writing a stack as text costs far more than taking it, and hardly any is
 * ever read.
 */
export class Origin {
  #stack: Error | undefined;
  #line: string | undefined;

  constructor(stack: Error) {
    this.#stack = stack;
  }

  /** The first line outside the library. */
  get line(): string | undefined {
    if (this.#stack === undefined) return this.#line;
    const lines = (this.#stack.stack ?? '').split('\n').slice(1);
    const frame = lines.find((line) => !isOwn(line)) ?? lines.at(-1);
    this.#line = frame?.replace(/^\s*at\s+/, '');
    this.#stack = undefined;
    return this.#line;
  }
}

/** The place in the user's code that is running, or undefined where it is not recorded. */
export function recordOrigin(inTrace: boolean): Origin | undefined {
  if (!inTrace && !debug) return undefined;
  const previous = Error.stackTraceLimit;
  Error.stackTraceLimit = 16;
  const origin = new Origin(new Error());
  Error.stackTraceLimit = previous;
  return origin;
}

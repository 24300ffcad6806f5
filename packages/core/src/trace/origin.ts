import type { Place } from '../ir/place.ts';
import { isDebug } from './debug.ts';
import { homeOf, userLine } from './user-line.ts';

/**
 * Frames that are kept: a layer of a model is a few of them, and the user may be beyond a dozen layers. Each costs about a third of a
 * microsecond where it is there, on top of 4 µs for a stack at all, once per node of a trace: 20 µs for a stack of 40.
 */
const FRAMES = 64;

const HOME = homeOf(import.meta.url);

/**
 * Where in the user's code a tensor was made. Writing a stack as text costs far more than taking it, and hardly any is
 * ever read.
 */
export class Origin implements Place {
  #stack: Error | undefined;
  #line: string | undefined;

  constructor(stack: Error) {
    this.#stack = stack;
  }

  /** The first line outside the library. */
  get line(): string | undefined {
    if (this.#stack === undefined) return this.#line;
    this.#line = userLine(this.#stack.stack ?? '', HOME);
    this.#stack = undefined;
    return this.#line;
  }
}

/** What nodes are made for now, if not for the line that is running. */
let standing: Place | undefined;

/** Runs a gradient rule: what it makes belongs to the line that made the op, which is where the user looks for it. */
export function inGradientOf<R>(place: Place | undefined, rule: () => R): R {
  return standingFor(place && new GradientPlace(place), rule);
}

/** Runs code of the user inside a rule: it has lines of its own. */
export const atOwnLines = <R>(code: () => R): R => standingFor(undefined, code);

function standingFor<R>(place: Place | undefined, make: () => R): R {
  const before = standing;
  standing = place;
  try {
    return make();
  } finally {
    standing = before;
  }
}

class GradientPlace implements Place {
  readonly isGradient = true;
  readonly #of: Place;

  constructor(of: Place) {
    this.#of = of;
  }

  get line(): string | undefined {
    return this.#of.line;
  }
}

/** The place in the user's code that is running, or undefined where it is not recorded. */
export function recordOrigin(inTrace: boolean): Place | undefined {
  if (standing !== undefined) return standing;
  if (!inTrace && !isDebug()) return undefined;
  const previous = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const origin = new Origin(new Error());
  Error.stackTraceLimit = previous;
  return origin;
}

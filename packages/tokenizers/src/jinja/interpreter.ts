import { Environment, Interpreter } from '@huggingface/jinja';
import { strftime } from './strftime.ts';

/** A part of a parsed template. */
interface Statement {
  readonly type: string;
  /** Of a loop what it runs over; behind a condition its left side. */
  readonly iterable?: Statement & { readonly lhs?: Statement };
}

/** A value of a template: its own wrapper around a text, a list, … */
interface Value {
  readonly value: unknown;
}

/** The interpreter as far as it is used here; its package declares it where a module of today does not find it. */
const Base = Interpreter as unknown as new (environment: unknown) => {
  evaluate(statement: Statement | undefined, environment: unknown): Value;
  run(program: unknown): Value;
};

/** What a rendering may take: parts of the template that are evaluated, and passes of loops. */
const MOST_STEPS = 1_000_000;
/** Steps that a pass of a loop counts for. */
const PASS = 10;
/** Entries of a list, and units of a text, that count as a step: making one copies them. */
const ENTRIES = 256;
const UNITS = 1024;
/** Entries of the longest list that a template makes. */
const LONGEST_LIST = 100_000;
/** Units of the longest text that a template makes. */
const LONGEST_TEXT = 2 ** 24;

/**
 * Renders templates that strangers wrote: a loop without end, a list or a text that grows without bound is an error, where
 * the interpreter by itself would hang or use up the memory.
 */
class BoundedInterpreter extends Base {
  /** What loops run over: each entry is a pass, also of a loop with nothing in it. */
  readonly #iterated = new WeakSet<object>();
  #steps = 0;

  override evaluate(statement: Statement | undefined, environment: unknown): Value {
    if (statement?.type === 'For') this.#noteLoop(statement);
    this.#count(1);
    const value = super.evaluate(statement, environment);
    if (typeof value.value === 'string') {
      if (value.value.length > LONGEST_TEXT) throw tooMuch('characters', LONGEST_TEXT);
      this.#count(value.value.length / UNITS);
    } else if (Array.isArray(value.value)) {
      const { length } = value.value;
      if (length > LONGEST_LIST) throw tooMuch('entries in a list', LONGEST_LIST);
      this.#count(statement !== undefined && this.#iterated.has(statement) ? length * PASS : length / ENTRIES);
    }
    return value;
  }

  #noteLoop({ iterable }: Statement): void {
    if (iterable !== undefined) this.#iterated.add(iterable.lhs ?? iterable);
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MOST_STEPS) throw tooMuch('steps', MOST_STEPS);
  }
}

/** Renders a parsed template. */
export function render(program: unknown, values: Readonly<Record<string, unknown>>): string {
  const environment = new (Environment as unknown as new () => { set(name: string, value: unknown): void })();
  for (const [name, value] of Object.entries({ ...GLOBALS, ...values })) environment.set(name, value);
  return String(new BoundedInterpreter(environment).run(program).value);
}

/** What every template can use. */
const GLOBALS: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range,
  strftime_now: strftime,
  raise_exception: (message: unknown) => {
    throw new Error(String(message));
  },
};

function range(first: number, end?: number, step = 1): number[] {
  const [from, to] = end === undefined ? [0, first] : [first, end];
  if (step === 0) throw new Error('range() step must not be zero');
  const length = Math.max(0, Math.ceil((to - from) / step));
  if (!(length <= LONGEST_LIST)) throw tooMuch('entries in a list', LONGEST_LIST);
  return Array.from({ length }, (_, index) => from + index * step);
}

const tooMuch = (what: string, most: number): Error => new Error(`the template makes more than ${most} ${what}`);

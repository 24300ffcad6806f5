import type { Guard } from './guard.ts';
import type { Tensor } from './tensor.ts';
import type { Variable } from './variable.ts';

/** One run of a function that is being traced. */
export interface TraceScope {
  /** The function's name, for messages. */
  readonly name: string;
  readonly parent: TraceScope | null;
  /** What a variable stands for inside this trace: its latest assigned value. */
  readonly assignments: Map<Variable, Tensor>;
  /** Tensors that must be computed for their effect. */
  readonly effects: Tensor[];
  /** What the function depends on besides its arguments. */
  readonly guards: Guard[];
  /** True once the function has returned; a tensor made inside may no longer be used. */
  closed: boolean;
}

let current: TraceScope | null = null;

/** The innermost trace, or null outside any. */
export function currentScope(): TraceScope | null {
  return current;
}

/** Runs `fn` inside a new trace, and closes it however `fn` ends. */
export function withScope<R>(name: string, fn: (scope: TraceScope) => R): R {
  const scope: TraceScope = {
    name,
    parent: current,
    assignments: new Map(),
    effects: [],
    guards: [],
    closed: false,
  };
  current = scope;
  try {
    return fn(scope);
  } finally {
    current = scope.parent;
    scope.closed = true;
  }
}

/** Runs `fn` as if nothing were being traced: what it makes belongs to no graph. For state that a trace finds missing. */
export function untraced<R>(fn: () => R): R {
  const scope = current;
  current = null;
  try {
    return fn();
  } finally {
    current = scope;
  }
}

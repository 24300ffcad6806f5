import type { DType } from '../dtype.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import { formatShape, shapesEqual } from '../shape.ts';
import type { Shape } from '../shape.ts';
import { describeTensor } from './describe.ts';
import { dropResidents } from './residents.ts';
import { currentScope } from './scope.ts';
import type { TraceScope } from './scope.ts';
import { Node, Tensor, isTensor } from './tensor.ts';

const BRAND = Symbol.for('@gai/variable');

/**
 * A tensor whose value can be replaced: a parameter, a running statistic, an optimizer's slot.
 *
 * It is used wherever a tensor is. Outside a trace it stands for the value it has at that moment. Inside a traced
 * function it is an input of the graph, fed with its value at every call, and `assign` becomes an extra output that
 * is committed once the run has succeeded.
 * @example
 * const counter = new Variable(tensor(1));
 * counter.assign(add(counter, 1));
 * await item(counter); // => 2
 * @category Tensors
 */
export class Variable extends Tensor {
  /** A name for messages and printed graphs; modules set it to the parameter's path. */
  name: string;
  #current: Tensor;
  #version = 0;
  /** Whether anyone but the runtime has got hold of the value. */
  #shared = true;

  /**
   * @param initial - The first value; its dtype and shape are kept for good.
   * @param name - A name for messages.
   */
  constructor(initial: Tensor, name = 'variable') {
    checkTensor('Variable', name, initial);
    const value = isVariable(initial) ? initial.value : initial;
    const type = { dtype: value.dtype, shape: value.shape };
    // The node's output, another object than this one, is what graphs hold: the value before any assignment.
    const node = new Node({ op: null, types: [type], scope: null });
    super(node, 0, type);
    node.values[0] = { kind: 'variable', variable: this };
    this.name = name;
    this.#current = value;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }

  /** What the variable stands for here and now: inside a trace its latest assigned value, outside its value. */
  get value(): Tensor {
    for (let scope = currentScope(); scope !== null; scope = scope.parent) {
      const assigned = scope.assignments.get(this);
      if (assigned !== undefined) return assigned;
    }
    if (currentScope() !== null) return this.node.outputs[0]!;
    this.#shared = true;
    return this.#current;
  }

  /** How often the value was replaced: equal numbers, equal values. */
  get version(): number {
    return this.#version;
  }

  /** The committed value, whatever is being traced. @internal */
  get committed(): Tensor {
    return this.#current;
  }

  /**
   * Replaces the value; inside a trace, once the traced graph has run.
   * @throws {@link ShapeError} if dtype or shape differ from the variable's.
   */
  assign(value: Tensor): void {
    checkTensor('assign', this.name, value);
    checkType(this.name, value, this.dtype, this.shape);
    const next = isVariable(value) ? value.value : value;
    const scope: TraceScope | null = currentScope();
    if (scope !== null) {
      scope.assignments.set(this, next);
      return;
    }
    this.#current = next;
    this.#version += 1;
    this.#shared = true;
  }

  /** Replaces the value from within the runtime, and frees the old one where nobody else can have it. @internal */
  commit(value: Tensor): void {
    this.free();
    this.#current = value;
    this.#version += 1;
    this.#shared = false;
  }

  /** Frees the value where nobody else can have it. @internal */
  free(): void {
    if (!this.#shared) this.#current[Symbol.dispose]();
    // Whoever else has it finds the data where it was; the copy was for runs.
    else if (this.#current.leaf?.kind === 'host') dropResidents(this.#current.leaf);
  }

  /** Its name, dtype, shape and, where it is known without a run, its value. */
  override toString(): string {
    const scope = currentScope();
    return describeTensor(this, `${this.constructor.name} ${this.name}`, scope === null ? this.#current : this.value);
  }

  /** Releases the memory a backend holds for the present value. */
  override [Symbol.dispose](): void {
    this.#current[Symbol.dispose]();
  }
}

function checkTensor(op: string, name: string, value: unknown): void {
  if (isTensor(value)) return;
  const got = Array.isArray(value) ? 'an array' : typeof value;
  throw new ArgumentError(
    `${op}: the value of '${name}' is no tensor. Got ${got}; expected a tensor. Make it one with tensor(...).`,
    { op, details: { name } },
  );
}

function checkType(name: string, value: Tensor, dtype: DType, shape: Shape): void {
  if (value.dtype === dtype && shapesEqual(value.shape, shape)) return;
  throw new ShapeError(
    `assign: the new value of '${name}' does not fit. Got ${value.dtype} ${formatShape(value.shape)}; expected ` +
      `${dtype} ${formatShape(shape)}. Cast or reshape it first.`,
    { op: 'assign', details: { name } },
  );
}

/** Where a leaf stands for a variable, its committed value. */
export function committedOf(tensor: Tensor): Tensor {
  return tensor.leaf?.kind === 'variable' ? tensor.leaf.variable.committed : tensor;
}

/** True for a {@link Variable}. */
export function isVariable(value: unknown): value is Variable {
  return isTensor(value) && BRAND in value;
}

import { dimNames, evaluateDim, formatDim } from '../dim.ts';
import type { Dim, DimExpr } from '../dim.ts';
import { ArgumentError, ShapeError } from '../errors.ts';
import type { TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isTensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import { asTensor } from '../trace/operands.ts';
import type { TensorLike } from '../trace/literal.ts';
import { isSpec } from '../trace/trace.ts';
import { flattenTree } from '../tree.ts';
import type { FlatTree } from '../tree.ts';
import { solveSize } from './solve-size.ts';

/** The arguments of a call, taken apart, with the type that each tensor is traced with (undefined: not a tensor). */
export interface TypedArguments extends FlatTree {
  readonly types: readonly (TensorType | undefined)[];
}

interface ArgumentSpec {
  readonly name: string;
  readonly tree: unknown;
  readonly flat: FlatTree;
}

/** A tensor of a call beside its spec. */
interface Given {
  readonly path: string;
  readonly tensor: Tensor;
  readonly type: TensorType;
}

/** What the arguments of a compiled function must be like: a tree of specs for each. */
export class CallSpecs {
  readonly #op: 'jit' | 'compile';
  readonly #arguments: readonly ArgumentSpec[];

  constructor(op: 'jit' | 'compile', specs: Readonly<Record<string, unknown>>) {
    this.#op = op;
    this.#arguments = Object.entries(specs).map(([name, tree]) => ({ name, tree, flat: flattenTree(tree) }));
  }

  /**
   * Takes the arguments of a call apart; numbers in the place of a spec become tensors.
   * @throws {@link ArgumentError} if structures differ; {@link ShapeError} if a tensor does not fit its spec, or a name
   * has two sizes.
   */
  fit(args: readonly unknown[]): TypedArguments {
    const count = this.#arguments.length;
    if (args.length > count || this.#arguments.slice(args.length).some(({ flat }) => flat.leaves.some(isSpec))) {
      const names = this.#arguments.map(({ name }) => name).join(', ');
      throw new ArgumentError(
        `${this.#op}: wrong number of arguments. Got ${args.length}; expected ${count}, one per entry of the specs ` +
          `(${names}). Pass them in the order of the specs.`,
        { op: this.#op },
      );
    }
    const fitted = this.#arguments.map((spec, index) =>
      this.#fitArgument(spec, index < args.length ? args[index] : spec.tree, index),
    );
    const given = fitted.flatMap((argument) => argument.given);
    checkSizes(this.#op, given);
    return {
      leaves: fitted.flatMap(({ leaves }) => leaves),
      paths: fitted.flatMap(({ paths }) => paths),
      types: fitted.flatMap(({ types }) => types),
      structure: `[${fitted.map(({ structure }) => structure).join(',')}]`,
    };
  }

  #fitArgument(spec: ArgumentSpec, value: unknown, index: number): TypedArguments & { readonly given: Given[] } {
    const { leaves, paths, structure } = flattenTree(value);
    const given: Given[] = [];
    // Nothing is said of this argument: it is compiled for as it comes.
    const isFree = this.#op === 'jit' && (spec.tree === null || spec.tree === undefined);
    if (!isFree && structure !== spec.flat.structure) throw this.#structureError(spec, structure);
    const fitted = leaves.map((leaf, at) => {
      const wanted = isFree ? undefined : spec.flat.leaves[at];
      if (isFree) return leaf;
      const path = `${spec.name}${paths[at]}`;
      if (!isSpec(wanted)) return this.#fixed(leaf, wanted, path);
      const tensor = asTensor(leaf as TensorLike, this.#op, wanted.dtype);
      given.push({ path, tensor, type: wanted });
      return tensor;
    });
    const types = fitted.map((leaf, at) =>
      isTensor(leaf) ? typeOf(leaf, isFree ? undefined : spec.flat.leaves[at]) : undefined,
    );
    return { leaves: fitted, paths: paths.map((path) => `[${index}]${path}`), structure, types, given };
  }

  /** What is no spec: `jit` compiles for each value; what is compiled already is compiled for that of the specs. */
  #fixed(leaf: unknown, wanted: unknown, path: string): unknown {
    if (this.#op === 'jit' || Object.is(leaf, wanted)) return leaf;
    throw new ArgumentError(
      `compile: '${path}' is another value than in the specs. Got ${describe(leaf)}; expected ${describe(wanted)}, for ` +
        `which the function is compiled. Compile for this value, too, or describe it with spec([]).`,
      { op: 'compile', details: { path } },
    );
  }

  #structureError({ name, flat }: ArgumentSpec, structure: string): ArgumentError {
    return new ArgumentError(
      `${this.#op}: '${name}' has another structure than its spec. Got ${structure}; expected ${flat.structure}. Pass ` +
        `a tree like that of the specs.`,
      { op: this.#op, details: { name } },
    );
  }
}

const typeOf = (tensor: Tensor, spec: unknown): TensorType => (isSpec(spec) ? spec : tensor);

const describe = (value: unknown): string =>
  typeof value === 'object' && value !== null ? value.constructor.name : (JSON.stringify(value) ?? String(value));

/** Every tensor fits its spec, and every name has one size. */
function checkSizes(op: string, given: readonly Given[]): void {
  const sizes = new Map<string, number>();
  const open: { readonly size: DimExpr; readonly found: number; readonly given: Given }[] = [];
  // A cache has the same few sizes dozens of times, at every call.
  const seen = new Map<string, number>();
  for (const entry of given) {
    const { tensor, type } = entry;
    if (tensor.dtype !== type.dtype || tensor.shape.length !== type.shape.length) throw misfit(op, entry, sizes);
    type.shape.forEach((size, axis) => {
      const found = tensor.shape[axis] as number;
      if (typeof size === 'number') {
        if (size !== found) throw misfit(op, entry, sizes);
      } else if (seen.get(size.key) !== found) {
        seen.set(size.key, found);
        open.push({ size, found, given: entry });
      }
    });
  }
  // Names before sums of names: those give what is still unknown.
  open.sort((a, b) => a.size.terms.length - b.size.terms.length);
  for (let waiting = open; waiting.length > 0;) {
    const rest = waiting.filter(({ size, found, given: entry }) => {
      const unknown = [...dimNames(size)].filter((name) => !sizes.has(name));
      if (unknown.length === 0) {
        if (evaluateDim(size, sizes) !== found) throw misfit(op, entry, sizes);
        return false;
      }
      const solved = unknown.length === 1 ? solveSize(size, unknown[0]!, found, sizes) : undefined;
      if (solved === null) throw misfit(op, entry, sizes);
      if (solved !== undefined) sizes.set(unknown[0]!, solved);
      return solved === undefined;
    });
    if (rest.length === waiting.length) return checkEqual(op, rest, sizes);
    waiting = rest;
  }
}

/** Sums whose names nothing tells apart: equal ones are at least equally long. */
function checkEqual(
  op: string,
  open: readonly { readonly size: DimExpr; readonly found: number; readonly given: Given }[],
  sizes: ReadonlyMap<string, number>,
): void {
  const known = new Map<string, number>();
  for (const { size, found, given } of open) {
    if ((known.get(size.key) ?? found) !== found) throw misfit(op, given, new Map([...sizes, ...known]));
    known.set(size.key, found);
  }
}

function misfit(op: string, { path, tensor, type }: Given, sizes: ReadonlyMap<string, number>): ShapeError {
  const names = new Set<string>();
  for (const size of type.shape) {
    dimNames(size, names);
    if (sizes.has(formatDim(size))) names.add(formatDim(size));
  }
  const bound = [...names].filter((name) => sizes.has(name)).map((name) => `${name} = ${sizes.get(name)}`);
  return new ShapeError(
    `${op}: '${path}' does not fit its spec. Got ${tensor.dtype} ${formatShape(tensor.shape)}; expected ${type.dtype} ` +
      `${formatShape(type.shape)}${bound.length > 0 ? ` with ${bound.join(', ')}` : ''}. Reshape or cast it, or compile ` +
      `for another spec.`,
    { op, details: { path, shape: tensor.shape as readonly Dim[] } },
  );
}

import { isFloat } from '../dtype.ts';
import { toposort } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { TensorType } from '../ir/op.ts';
import { withScope } from '../ir/scope.ts';
import type { TraceScope } from '../ir/scope.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { add } from '../ops/elementwise.ts';
import { matmulOp } from '../ops/linalg.ts';
import { zerosLike } from '../ops/structural.ts';
import { outsideOf } from '../trace/region.ts';
import { replay } from '../trace/replay.ts';
import { placeholder } from '../trace/trace.ts';
import { chooseResiduals, kindsOf } from './residuals.ts';
import type { Kind, Residuals } from './residuals.ts';
import { partsOf } from './scan-layout.ts';
import type { ScanAttrs } from './scan-layout.ts';
import { pullBack, record } from './vjp.ts';

/** What the gradient of a scan is asked for. */
export interface GradientRequest {
  readonly body: Graph;
  readonly attrs: ScanAttrs;
  /** For each operand, whether its cotangent is wanted. */
  readonly needed: readonly boolean[];
  /** Positions of the resulting sequences that have a cotangent. */
  readonly given: readonly number[];
}

/** How the gradient of a scan is computed: the body that also keeps what the way back needs, and the way back. */
export interface GradientPlan {
  /** The body; to its results come those of `kept`. */
  readonly forward: Graph;
  /** One step of each sequence that is kept besides the results. */
  readonly kept: readonly TensorType[];
  /**
   * The body of the way back. Inputs: `constants`, `invariants`, then the cotangents of `carries`, the sums of `sums`,
   * then steps of: the cotangents given, the results `residuals`, the operands `sequences`. Results: the cotangents of
   * `carries` and the sums, then the cotangents of `slices`, then rows of `products`.
   */
  readonly backward: Graph;
  /** Constants the way back reads. */
  readonly constants: readonly number[];
  /** Computed from the body's constants alone: once, outside. Made from inputs of `forward`. */
  readonly invariants: readonly Tensor[];
  /** What gradient rules use from outside; among `invariants`, or what they are made from. */
  readonly outside: readonly Tensor[];
  /** Carries with a cotangent. */
  readonly carries: readonly number[];
  /** Constants whose cotangents are summed over the steps. */
  readonly sums: readonly number[];
  /** Resulting sequences of `forward` that are read. */
  readonly residuals: readonly number[];
  /** Sequences among the operands that are read. */
  readonly sequences: readonly number[];
  /** Sequences among the operands that get a cotangent. */
  readonly slices: readonly number[];
  /** Constants whose cotangents are products of matrices, which are made of all steps at once. */
  readonly products: readonly Product[];
}

/** `Σₜ leftₜᵀ · rightₜ`, the cotangent of a constant. */
export interface Product {
  readonly constant: number;
  readonly left: Rows;
  readonly right: Rows;
}

/** A sequence of matrices: which result of `forward` or of `backward`, or which sequence among the operands. */
export interface Rows {
  readonly of: 'forward' | 'backward' | 'operands';
  readonly index: number;
}

/** Plans the way back of a scan. */
export function planGradient(request: GradientRequest): GradientPlan {
  return withScope(`${request.body.name} backward`, (scope) => plan(request, scope));
}

function plan(request: GradientRequest, scope: TraceScope): GradientPlan {
  const { body, attrs } = request;
  const inputs = body.inputs.map((input, index) => placeholder(`input[${index}]`, input, scope));
  const outputs = replay(body.outputs, new Map(body.inputs.map((input, index) => [input, inputs[index]!])), scope);
  const { constants, sequences: free } = partsOf(inputs, attrs);
  const pulled = pullStep(request, inputs, outputs, scope);
  const { carries, slices, cotangents } = pulled;
  const all = [...carries, ...pulled.constants, ...slices].map((one) => one.cotangent);
  const outside = outsideOf(all, scope);
  const kinds = kindsOf({ outputs: all, late: cotangents, constants, outside });
  const [products, sums] = parted(pulled.constants, ({ cotangent }) => factorsOf(cotangent, kinds) !== undefined);
  const totals = sums.map(({ index }) => placeholder(`sum[${index}]`, inputs[index]!, scope));
  const late = [...cotangents.slice(0, carries.length), ...totals, ...cotangents.slice(carries.length)];
  const factors = [...new Set(products.flatMap(({ cotangent }) => factorsOf(cotangent, kinds)!))];
  const made = [
    ...carries.map(({ cotangent }) => cotangent),
    ...sums.map(({ cotangent }, place) => add(totals[place]!, cotangent)),
    ...slices.map(({ cotangent }) => cotangent),
  ];
  const chosen = chooseResiduals({ outputs: [...made, ...factors], late, constants, free, outside });
  const known = new Set([...chosen.residuals, ...chosen.free, ...made.slice(made.length - slices.length)]);
  const returned = [...made, ...factors.filter((factor) => !known.has(factor))];
  // A residual that is a result anyway need not be kept twice.
  const results = outputs.slice(attrs.carries);
  const kept = chosen.residuals.filter((tensor) => !results.includes(tensor));
  const there = [...results, ...kept];
  const back = returned.slice(carries.length + sums.length);
  const rowsOf = rowsIn({ backward: back, forward: there, operands: free });
  return {
    forward: { name: body.name, inputs, outputs: [...outputs, ...kept] },
    kept,
    ...backwardOf({ inputs, late, returned, chosen }, scope),
    constants: chosen.constants.map((tensor) => inputs.indexOf(tensor)),
    outside,
    carries: carries.map(({ index }) => index),
    sums: sums.map(({ index }) => index),
    residuals: chosen.residuals.map((tensor) => there.indexOf(tensor)),
    sequences: chosen.free.map((tensor) => free.indexOf(tensor)),
    slices: slices.map(({ index }) => index),
    products: products.map(({ index, cotangent }) => {
      const [left, right] = factorsOf(cotangent, kinds)!;
      return { constant: index, left: rowsOf(left), right: rowsOf(right) };
    }),
  };
}

/** Finds the sequence that has a matrix of every step. */
function rowsIn(places: Readonly<Record<Rows['of'], readonly Tensor[]>>): (factor: Tensor) => Rows {
  const order = ['backward', 'forward', 'operands'] as const;
  return (factor) => {
    const of = order.find((name) => places[name].includes(factor))!;
    return { of, index: places[of].indexOf(factor) };
  };
}

function parted<T>(list: readonly T[], test: (one: T) => boolean): [yes: T[], no: T[]] {
  return [list.filter(test), list.filter((one) => !test(one))];
}

/** The matrices of `leftᵀ · right`, if a cotangent is that, and both change from step to step. */
function factorsOf({ node }: Tensor, kinds: ReadonlyMap<Node, Kind>): readonly [Tensor, Tensor] | undefined {
  if (node.op !== matmulOp || node.attrs['transposeA'] !== true || node.attrs['transposeB'] === true) return undefined;
  const [left, right] = node.inputs as readonly [Tensor, Tensor];
  const isRows = (one: Tensor): boolean => one.shape.length === 2 && kinds.get(one.node) !== 'fixed';
  return isRows(left) && isRows(right) ? [left, right] : undefined;
}

interface Cut {
  readonly inputs: readonly Tensor[];
  readonly late: readonly Tensor[];
  readonly returned: readonly Tensor[];
  readonly chosen: Residuals;
}

/** The way back as a graph of its own, with inputs in place of what it takes from the way there. */
function backwardOf(
  { inputs, late, returned, chosen }: Cut,
  scope: TraceScope,
): Pick<GradientPlan, 'backward' | 'invariants'> {
  const own = (list: readonly Tensor[], name: string): Tensor[] =>
    list.map((tensor, index) => placeholder(`${name}[${index}]`, tensor, scope));
  const invariants = own(chosen.invariants, 'invariant');
  const residuals = own(chosen.residuals, 'residual');
  const replaced = new Map([...inputs, ...late].map((tensor) => [tensor, tensor]));
  chosen.invariants.forEach((tensor, index) => replaced.set(tensor, invariants[index]!));
  chosen.residuals.forEach((tensor, index) => replaced.set(tensor, residuals[index]!));
  const operands = [...chosen.constants, ...invariants, ...late, ...residuals, ...chosen.free];
  return {
    backward: { name: scope.name, inputs: operands, outputs: replay(returned, replaced, scope) },
    invariants: chosen.invariants,
  };
}

/** A cotangent and the place among constants, carries or sequences it belongs to. */
interface Pulled {
  readonly index: number;
  readonly cotangent: Tensor;
}

interface PulledStep {
  readonly carries: readonly Pulled[];
  readonly constants: readonly Pulled[];
  readonly slices: readonly Pulled[];
  /** Placeholders for the cotangents of the carries, then of the results. */
  readonly cotangents: readonly Tensor[];
}

/** The gradient of one step. */
function pullStep(
  { attrs, needed, given }: GradientRequest,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  scope: TraceScope,
): PulledStep {
  const active = activeInputs(inputs, outputs, attrs, needed);
  const parts = partsOf(inputs, attrs);
  const isActive = (tensor: Tensor): boolean => active[inputs.indexOf(tensor)] === true;
  const carries = parts.carries.flatMap((tensor, index) => (isActive(tensor) ? [index] : []));
  const seeds = [...carries, ...given.map((index) => attrs.carries + index)].map((index) => outputs[index]!);
  const cotangents = seeds.map((seed, index) => placeholder(`cotangent[${index}]`, seed, scope));
  const wrt = inputs.filter(isActive);
  const found = new Map(pullBack(record(seeds, wrt), cotangents).map((cotangent, index) => [wrt[index]!, cotangent]));
  const pulledOf = (list: readonly Tensor[]): Pulled[] =>
    list.flatMap((tensor, index) => {
      const cotangent = found.get(tensor);
      return cotangent === undefined ? [] : [{ index, cotangent }];
    });
  return {
    carries: carries.map((index) => {
      const tensor = parts.carries[index]!;
      return { index, cotangent: found.get(tensor) ?? zerosLike(tensor) };
    }),
    constants: pulledOf(parts.constants),
    slices: pulledOf(parts.sequences),
    cotangents,
  };
}

/** The inputs that depend on one whose cotangent is wanted: carries may do so by way of the steps before. */
function activeInputs(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  { constants, carries }: ScanAttrs,
  needed: readonly boolean[],
): boolean[] {
  const active = [...needed];
  const order = toposort(outputs);
  for (let changed = true; changed;) {
    changed = false;
    const reached = new Set(inputs.filter((_, index) => active[index]).map(({ node }) => node));
    for (const node of order) if (node.inputs.some((input) => reached.has(input.node))) reached.add(node);
    for (let index = 0; index < carries; index++) {
      const output = outputs[index]!;
      if (active[constants + index] === true || !reached.has(output.node) || !isFloat(output.dtype)) continue;
      active[constants + index] = true;
      changed = true;
    }
  }
  return active;
}

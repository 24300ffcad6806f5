import type { Dim } from '../dim.ts';
import { GraphError } from '../errors.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { formatShape } from '../shape.ts';
import type { Meeting } from './example-norms.ts';
import type { Tape } from './vjp.ts';

/** For each axis of a parameter the part `[start, stop)` that is used; null: all of it. */
type Box = readonly (readonly [start: Dim, stop: Dim])[] | null;

interface Part {
  /** Position in `wrt`. */
  readonly parameter: number;
  readonly box: Box;
}

/** Ops that put every element of a parameter at one place of their result: gradients keep their norms. */
const MOVES = new Set(['reshape', 'transpose', 'cast', 'mark']);

/**
 * The squares of what meets the examples are those of the parameters if every element of a parameter meets them once.
 * @throws {@link GraphError} if one may meet them twice, or is computed with before.
 */
export function checkAddable(meetings: readonly Meeting[], wrt: readonly Tensor[], tape: Tape): void {
  const operands = new Map(tape.steps.map(({ node, inputs }) => [node, inputs]));
  const parts = meetings.map(({ step, position }) => partOf(step.inputs[position]!, wrt, operands));
  parts.forEach((part, index) => {
    const before = parts.slice(0, index).findIndex((other) => overlap(part, other));
    if (before < 0) return;
    const [one, two] = [before, index].map((at) => meetings[at]!.step.node);
    throw refused(
      `parameter ${part.parameter} ${formatShape(wrt[part.parameter]!.shape)} is used twice`,
      `it in '${one!.op!.name}' and in '${two!.op!.name}'`,
      one!,
    );
  });
}

function partOf(shared: Tensor, wrt: readonly Tensor[], operands: ReadonlyMap<Node, readonly Tensor[]>): Part {
  const { node } = shared;
  const parameter = wrt.findIndex((one) => one.node === node && one.index === shared.index);
  if (parameter >= 0) return { parameter, box: null };
  const [source] = operands.get(node) ?? [];
  const name = node.op?.name ?? 'leaf';
  const { starts, sizes, steps } = node.attrs as { starts?: readonly Dim[]; sizes?: readonly Dim[]; steps?: number[] };
  const isCut = name === 'slice' && steps!.every((step) => step === 1);
  if (source === undefined || !(isCut || MOVES.has(name))) {
    throw refused('a parameter is computed with before it meets the examples', `the result of '${name}'`, node);
  }
  const { parameter: whole, box } = partOf(source, wrt, operands);
  const isFirst = box === null && source.shape.length === wrt[whole]!.shape.length;
  const own = isCut && isFirst && isUnmoved(source, wrt[whole]!, operands);
  return { parameter: whole, box: own ? starts!.map((start, axis) => [start, stopOf(start, sizes![axis]!)]) : box };
}

/** Whether a tensor is the parameter itself, perhaps cast. */
function isUnmoved(tensor: Tensor, parameter: Tensor, operands: ReadonlyMap<Node, readonly Tensor[]>): boolean {
  if (tensor.node === parameter.node) return true;
  const name = tensor.node.op?.name;
  const [source] = operands.get(tensor.node) ?? [];
  return (name === 'cast' || name === 'mark') && source !== undefined && isUnmoved(source, parameter, operands);
}

const stopOf = (start: Dim, size: Dim): Dim =>
  typeof start === 'number' && typeof size === 'number' ? start + size : Infinity;

/** Whether two parts may share an element. */
function overlap(a: Part, b: Part): boolean {
  if (a.parameter !== b.parameter) return false;
  if (a.box === null || b.box === null) return true;
  return a.box.every(([start, stop], axis) => {
    const [from, to] = b.box![axis]!;
    const known = [start, stop, from, to].every((size) => typeof size === 'number');
    return !known || ((start as number) < (to as number) && (from as number) < (stop as number));
  });
}

function refused(what: string, got: string, node: Node): GraphError {
  const made = node.origin === undefined ? '' : ` It was made at ${node.origin}.`;
  return new GraphError(
    `clippedGradients: ${what}. Got ${got}; expected each parameter at one place, as it is or a part of it.${made} ` +
      `Take the gradient of each example in a scan.`,
    { op: 'clippedGradients', details: { origin: node.origin } },
  );
}

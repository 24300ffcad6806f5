import { toposort } from '../ir/graph.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { castOp, expandOp, reshapeOp, transposeOp } from '../ops/structural.ts';

/** What {@link chooseResiduals} cuts. */
export interface ResidualRequest {
  readonly outputs: readonly Tensor[];
  /** Placeholders that have a value on the way back only. */
  readonly late: readonly Tensor[];
  /** Placeholders with the same value in every step. */
  readonly constants: readonly Tensor[];
  /** Placeholders whose values are at hand on the way back in any case. */
  readonly free: readonly Tensor[];
  /** Tensors from outside the loop, as a gradient rule may use; the same in every step. */
  readonly outside: readonly Tensor[];
}

/** Where the graph of a step and its gradient is cut in two: what the way back takes from the way there. */
export interface Residuals {
  /** Constants that are read. */
  readonly constants: readonly Tensor[];
  /** Computed from constants alone, or from outside. */
  readonly invariants: readonly Tensor[];
  /** Free placeholders that are read. */
  readonly free: readonly Tensor[];
  /** Values of a step that must be kept. */
  readonly residuals: readonly Tensor[];
}

/** Computed again rather than kept: such a node only reads its operand in another form, which is no larger. */
const FORMS: ReadonlySet<unknown> = new Set([reshapeOp, expandOp, transposeOp, castOp]);

/** Whether a node waits for the way back, is the same in every step, or belongs to a step of the way there. */
export type Kind = 'late' | 'fixed' | 'step';

/** Finds what the part of the graph that depends on `late` reads of the rest. */
export function chooseResiduals(request: ResidualRequest): Residuals {
  const { outputs, constants, free } = request;
  const kinds = kindsOf(request);
  const found = {
    constants: new Set<Tensor>(),
    invariants: new Set<Tensor>(),
    free: new Set<Tensor>(),
    residuals: new Set<Tensor>(),
  };
  const take = (tensor: Tensor): void => {
    const { node } = tensor;
    const kind = kinds.get(node);
    if (kind === 'late' || isBaked(node)) return;
    if (kind === 'fixed') (constants.includes(tensor) ? found.constants : found.invariants).add(tensor);
    else if (free.includes(tensor)) found.free.add(tensor);
    else if (isForm(node)) node.inputs.forEach(take);
    else found.residuals.add(tensor);
  };
  outputs.forEach(take);
  for (const [node, kind] of kinds) if (kind === 'late') node.inputs.forEach(take);
  const [inOrder, chosen] = [constants.filter((tensor) => found.constants.has(tensor)), [...found.residuals]];
  return { constants: inOrder, invariants: [...found.invariants], free: [...found.free], residuals: chosen };
}

const isBaked = ({ values: [leaf] }: Node): boolean => leaf?.kind === 'host' && leaf.constant;

const isForm = (node: Node): boolean => node.op !== null && (FORMS.has(node.op) || node.op.alias !== undefined);

/** The kind of every node that leads to the outputs. */
export function kindsOf({ outputs, late, constants, outside }: Omit<ResidualRequest, 'free'>): Map<Node, Kind> {
  const kinds = new Map<Node, Kind>();
  for (const { node } of late) kinds.set(node, 'late');
  for (const { node } of [...constants, ...outside]) kinds.set(node, 'fixed');
  for (const node of toposort(outputs, (one) => kinds.has(one) || one.values[0] !== undefined)) {
    if (kinds.has(node)) continue;
    const of = node.inputs.map((input) => kinds.get(input.node));
    const isStep = node.values[0] === undefined ? of.includes('step') : node.values[0].kind === 'input';
    kinds.set(node, of.includes('late') ? 'late' : isStep ? 'step' : 'fixed');
  }
  return kinds;
}

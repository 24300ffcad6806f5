import { isFloat } from '../dtype.ts';
import { dimSub } from '../dim.ts';
import type { Graph } from '../ir/graph.ts';
import type { OpDef, Operands } from '../ir/op.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { matmul } from '../ops/linalg.ts';
import { expandOp, reshape, zerosLike } from '../ops/structural.ts';
import { sizeOf } from '../shape.ts';
import { bindAll, resolve } from '../trace/bind.ts';
import { presentOf } from '../trace/region.ts';
import { replay } from '../trace/replay.ts';
import { planGradient } from './scan-gradient.ts';
import type { GradientPlan, Rows } from './scan-gradient.ts';
import { packStep, partsOf, sequenceType } from './scan-layout.ts';
import type { Parts, ScanAttrs } from './scan-layout.ts';
import { writeScan } from './scan-onnx.ts';

/** Steps one after another, each with what the one before carries over; the region is one step. */
export const scanOp: OpDef<ScanAttrs> = {
  kind: 'op',
  name: 'scan',
  infer: (inputs, attrs) => [
    ...partsOf(inputs, attrs).carries.map(({ dtype, shape }) => ({ dtype, shape })),
    ...attrs.steps.map((step) => sequenceType(step, attrs.length)),
  ],
  // The runtime's loop takes no empty sequences.
  needs: ({ length, mayBeEmpty = false }) => (mayBeEmpty ? [] : [dimSub(length, 1)]),
  vjp: (cotangents, { inputs, outputs, attrs, needed }) => {
    const given = attrs.steps.flatMap(([dtype], index) =>
      isFloat(dtype) && !isZeros(cotangents[attrs.carries + index]!) ? [index] : [],
    );
    const { node } = outputs[0];
    const plan = planGradient({ body: node.regions[0] as Graph, attrs, needed, given });
    const sequences = resultsOf(node, inputs, plan).slice(attrs.carries);
    const operands = partsOf(inputs, attrs);
    const constants = plan.constants.map((index) => inputs[index]!);
    const invariants = replay(plan.invariants, constantsOf(plan, operands, attrs));
    const back = bindAll(
      scanOp,
      [
        ...constants,
        ...invariants,
        ...plan.carries.map((index) => cotangents[index]!),
        ...plan.sums.map((index) => zerosLike(inputs[index]!)),
        ...given.map((index) => cotangents[attrs.carries + index]!),
        ...plan.residuals.map((index) => sequences[index]!),
        ...plan.sequences.map((index) => operands.sequences[index]!),
      ],
      backAttrs(plan, attrs),
      [plan.backward],
    );
    return placed({ back, sequences, operands: operands.sequences }, plan, attrs, inputs.length);
  },
  onnx: writeScan,
};

function backAttrs(plan: GradientPlan, attrs: ScanAttrs): ScanAttrs {
  const carries = plan.carries.length + plan.sums.length;
  return {
    constants: plan.constants.length + plan.invariants.length,
    carries,
    length: attrs.length,
    reverse: !attrs.reverse,
    steps: plan.backward.outputs.slice(carries).map(packStep),
  };
}

/** What the cotangents of a scan are taken from. */
interface Computed {
  readonly back: readonly Tensor[];
  /** Sequences that result from the way there. */
  readonly sequences: readonly Tensor[];
  /** Sequences among the operands. */
  readonly operands: readonly Tensor[];
}

/** The cotangents at the places of the operands they belong to. */
function placed(
  { back, sequences, operands }: Computed,
  plan: GradientPlan,
  attrs: ScanAttrs,
  count: number,
): (Tensor | null)[] {
  const all = new Array<Tensor | null>(count).fill(null);
  const places = [
    ...plan.carries.map((index) => attrs.constants + index),
    ...plan.sums,
    ...plan.slices.map((index) => attrs.constants + attrs.carries + index),
  ];
  places.forEach((place, index) => (all[place] = back[index]!));
  const found = { forward: sequences, backward: back.slice(plan.carries.length + plan.sums.length), operands };
  const rows = ({ of, index }: Rows): Tensor => {
    const stacked = found[of][index]!;
    return reshape(stacked, [sizeOf(stacked.shape.slice(0, 2)), stacked.shape[2]!]);
  };
  for (const { constant, left, right } of plan.products) {
    all[constant] = matmul(rows(left), rows(right), { transposeA: true });
  }
  return all;
}

/** What the invariants of the way back are made from. */
function constantsOf(plan: GradientPlan, operands: Parts<Tensor>, attrs: ScanAttrs): Map<Tensor, Tensor> {
  const { constants } = partsOf(plan.forward.inputs, attrs);
  const inner = constants.map((input, index) => [input, operands.constants[index]!] as const);
  return new Map([...inner, ...plan.outside.map((tensor) => [tensor, resolve(presentOf(tensor))] as const)]);
}

/**
 * The results of a scan, and what else the way back needs of it. The node itself is made to give that too, so that the
 * steps are not made twice, unless it has been computed already.
 */
function resultsOf(node: Node, inputs: Operands, { forward, kept }: GradientPlan): readonly Tensor[] {
  if (kept.length === 0) return node.outputs;
  const before = node.attrs as unknown as ScanAttrs;
  const attrs: ScanAttrs = { ...before, steps: [...before.steps, ...kept.map(packStep)] };
  if (node.values[0] !== undefined || node.seen) return bindAll(scanOp, inputs, attrs, [forward]);
  const types = kept.map((type) => sequenceType(packStep(type), attrs.length));
  node.grow({ attrs: attrs as never, regions: [forward], types });
  return node.outputs;
}

/** True for what `zerosLike` makes: nothing flows back from it. */
function isZeros({ node }: Tensor): boolean {
  const { node: source } = node.op === expandOp ? node.inputs[0]! : { node };
  const leaf = source.values[0];
  return leaf?.kind === 'host' && leaf.data.length === 1 && leaf.data[0] === 0;
}

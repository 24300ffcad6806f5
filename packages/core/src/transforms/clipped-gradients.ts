import { checkArgument, checkOptionNames } from '../argument.ts';
import { isFloat } from '../dtype.ts';
import { GraphError } from '../errors.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import { add, clip, div, maximum } from '../ops/elementwise.ts';
import { full, onesLike, stopGradient, zerosLike } from '../ops/structural.ts';
import { sqrt } from '../ops/unary.ts';
import { formatShape } from '../shape.ts';
import { resolve } from '../trace/bind.ts';
import { batchSize, followExamples } from './example-axis.ts';
import type { ExampleAxis } from './example-axis.ts';
import { normAt, weighExamples } from './example-norms.ts';
import type { Meeting } from './example-norms.ts';
import { checkAddable } from './example-parts.ts';
import { Cotangents, callRule, checkDifferentiable, differentiable, pullBack, record, sumTo } from './vjp.ts';
import type { Tape } from './vjp.ts';

/** What {@link clippedGradients} is told of the losses. */
export interface ClippedGradientOptions {
  /** What is differentiated: parameters. */
  readonly wrt: readonly Tensor[];
  /** Every tensor of the batch, each with the examples along axis 0. */
  readonly batch: readonly Tensor[];
  /** The largest norm that the gradient of one example keeps; Infinity clips nothing. */
  readonly maxNorm: number;
}

/** The result of {@link clippedGradients}. */
export interface ClippedGradients {
  /** `Σᵢ min(1, maxNorm / ‖gᵢ‖) · gᵢ` for each tensor of `wrt`: a sum over examples, not a mean. */
  readonly gradients: readonly Tensor[];
  /** `‖gᵢ‖`, over all of `wrt`: `[examples]`. */
  readonly norms: Tensor;
}

/**
 * Gradients by example: their norms, and their sum after each was clipped, as private training (DP-SGD) adds noise to.
 *
 * One pass back, without a gradient of an example ever being made where it is large: of `y = x·wᵀ` the norm follows from
 * `x` and `dy`, and the clipped sum is the usual product with the rows of `dy` scaled. It costs 1.1 to 1.6 times the usual
 * gradient.
 *
 * For use like `backward`, in a traced step or outside. Every op between the batch and the losses must keep examples apart
 * along axis 0 (no batch norm in training, no loops); what is not known to do so is refused by name, and so is a parameter
 * that is used twice. For such models take `valueAndGrad` of one example in a {@link scan} that adds up.
 * @param losses - One loss per example, `[examples]`.
 * @param options.wrt - The parameters; each used at one place.
 * @param options.batch - Every tensor of the batch.
 * @param options.maxNorm - The largest norm of one example's gradient; Infinity clips nothing.
 * @throws {@link GraphError} if an op mixes examples or has no rule, or a parameter is used twice.
 * @example
 * const w = tensor([[1, 2]]);
 * const x = tensor([[3, 4], [0, 1]]);
 * const losses = reshape(linear(x, w), [2]);
 * const { gradients, norms } = clippedGradients(losses, { wrt: [w], batch: [x], maxNorm: 2.5 });
 * await toArray(norms); // => [5, 1]
 * await toArray(gradients[0]!); // => [[1.5, 3]]
 * @see Li et al. 2021 (ghost norms), https://arxiv.org/abs/2110.05679; Bu et al. 2022, https://arxiv.org/abs/2210.00038
 * @category Gradients
 */
export function clippedGradients(losses: Tensor, options: ClippedGradientOptions): ClippedGradients {
  checkOptionNames('clippedGradients', options, ['wrt', 'batch', 'maxNorm']);
  const { maxNorm } = options;
  checkArgument(maxNorm > 0, maxNorm, { op: 'clippedGradients', name: 'maxNorm', rule: 'a number above 0' });
  checkDifferentiable(losses, 'clippedGradients');
  const [wrt, batch] = [options.wrt.map(resolve), options.batch.map(resolve)];
  const output = resolve(losses);
  const size = batchSize(batch, output);
  const tape = record([output], [...wrt, ...batch]);
  const axis = followExamples({ steps: tape.steps.toReversed(), wrt, batch, size });
  if (!axis.examples.has(output.node)) throw notOfBatch(output, batch);
  const meetings = meet(tape, { wrt, axis, size });
  checkAddable(meetings, wrt, tape);
  const parts = meetings.map(normAt);
  const norms = sqrt(parts.length === 0 ? full([size], 0, output.dtype) : parts.reduce((a, b) => add(a, b)));
  const weights = maxNorm === Infinity ? onesLike(norms) : clip(div(maxNorm, maximum(norms, 1e-30)), 0, 1);
  return { gradients: weighedSum(meetings, stopGradient(weights), wrt), norms };
}

function notOfBatch(losses: Tensor, batch: readonly Tensor[]): GraphError {
  const shapes = batch.map(({ shape }) => formatShape(shape)).join(', ');
  return new GraphError(
    `clippedGradients: the losses do not depend on the batch. Got losses ${formatShape(losses.shape)} that lead back to none ` +
      `of its tensors (${shapes}); expected the tensors that the losses were computed from. Pass those, not copies.`,
    { op: 'clippedGradients' },
  );
}

interface Walk {
  readonly wrt: readonly Tensor[];
  readonly axis: ExampleAxis;
  readonly size: Meeting['size'];
}

/** Goes back through the examples only, and stops wherever they meet what they share. */
function meet(tape: Tape, { wrt, axis: { examples, learned }, size }: Walk): Meeting[] {
  const active = differentiable(tape, new Set(wrt.map(({ node }) => node)));
  const sums = new Cotangents();
  sums.add(tape.outputs[0]!, onesLike(tape.outputs[0]!));
  const meetings: Meeting[] = [];
  for (const step of tape.steps) {
    const { node, inputs } = step;
    const dys = sums.of(node);
    if (dys === undefined || !active.has(node) || !examples.has(node)) continue;
    const leads = (input: Tensor, through: ReadonlySet<Node>): boolean =>
      through.has(input.node) && active.has(input.node) && isFloat(input.dtype);
    inputs.forEach((input, position) => {
      if (leads(input, learned)) meetings.push({ step, position, dys, size });
    });
    const needed = inputs.map((input) => leads(input, examples));
    if (!needed.includes(true)) continue;
    const given = callRule(step, dys, needed);
    inputs.forEach((input, index) => {
      const cotangent = given[index];
      if (cotangent != null && needed[index] === true) sums.add(input, sumTo(cotangent, input.shape));
    });
  }
  return meetings;
}

/** The gradients with the share of each example multiplied by its weight. */
function weighedSum(meetings: readonly Meeting[], weights: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const weighed = new Map<Tensor, Tensor>();
  const once = (dy: Tensor | undefined): Tensor | undefined => {
    if (dy === undefined) return undefined;
    const known = weighed.get(dy) ?? weighExamples(dy, weights);
    weighed.set(dy, known);
    return known;
  };
  const shared = meetings.map(({ step, position }) => step.inputs[position]!);
  const cotangents = meetings.map(({ step, position, dys }, index) => {
    const needed = step.inputs.map((_, at) => at === position);
    const given = callRule(step, dys.map(once), needed)[position];
    if (given != null) return sumTo(given, shared[index]!.shape);
    throw new GraphError(`clippedGradients: '${step.node.op!.name}' has no gradient for operand ${position}.`, {
      op: 'clippedGradients',
    });
  });
  const found = pullBack(record(shared, wrt), cotangents);
  return wrt.map((tensor, index) => found[index] ?? zerosLike(tensor));
}

import { formatDim } from '../dim.ts';
import { BackendError } from '../errors.ts';
import { toposort } from '../ir/graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { OnnxBuilder, OnnxContext, OnnxInputs, OnnxValue } from '../ir/onnx-binding.ts';
import { allocate } from '../dtype.ts';
import { Node } from '../ir/tensor.ts';
import type { Tensor } from '../ir/tensor.ts';
import { hostLeaf } from '../trace/literal.ts';
import { placeholder } from '../trace/trace.ts';
import { partsOf } from './scan-layout.ts';
import type { ScanAttrs } from './scan-layout.ts';

/** Steps up to which a scan is written out where a provider has no loops. */
const MAX_UNROLLED = 64;
/** Tensors that one Concat joins; WebGPU binds few buffers at once. */
const JOINED = 6;

/** What of a scan is computed: results that nobody reads, and what only leads to them, are left out. */
interface Live {
  /** Positions of carries. */
  readonly carries: readonly number[];
  /** Positions of sequences among the operands. */
  readonly sequences: readonly number[];
  /** Positions of sequences among the results. */
  readonly results: readonly number[];
}

/** Writes a scan as one Scan node, or step by step where there is none. */
export function writeScan(b: OnnxBuilder, names: OnnxInputs, context: OnnxContext<ScanAttrs>): OnnxValue[] {
  const { attrs, outputs, regions } = context;
  if (attrs.length === 0) return noSteps(b, names, attrs);
  if (attrs.mayBeEmpty === true && b.target.capabilities.branches) return unlessEmpty(b, names, context);
  const body = regions[0] as Graph;
  const live = liveOf(body, attrs, (index) => b.used(outputs[index]!));
  const written = (b.target.capabilities.loops ? loop : unroll)(b, names, { attrs, body, live });
  const all = new Array<OnnxValue>(outputs.length).fill(b.none);
  const places = [...live.carries, ...live.results.map((index) => attrs.carries + index)];
  places.forEach((place, index) => (all[place] = written[index]!));
  return all;
}

/** Nothing to do: the runtime's loop takes no empty sequences. */
function noSteps(b: OnnxBuilder, names: OnnxInputs, attrs: ScanAttrs): OnnxValue[] {
  const empty = attrs.steps.map(([dtype, ...shape]) => b.node('Expand', [b.scalar(0, dtype), b.dims([0, ...shape])]));
  return [...partsOf(names as readonly OnnxValue[], attrs).carries, ...empty];
}

/** Sequences that may turn out empty when the graph runs: the loop in one branch, nothing in the other. There are no carries. */
function unlessEmpty(
  b: OnnxBuilder,
  names: readonly OnnxValue[],
  { attrs, inputs, outputs, regions }: OnnxContext<ScanAttrs>,
): OnnxValue[] {
  const { node } = outputs[0];
  const formal = node.inputs.map((input, index) => placeholder(`operand${index}`, inputs[index] ?? input, null));
  const some = new Node({
    op: node.op,
    inputs: formal,
    attrs: { ...attrs, mayBeEmpty: false } as never,
    regions,
    types: node.outputs,
    scope: null,
    origin: node.place,
  });
  const read = node.outputs.flatMap((output, index) => (b.used(output) ? [index] : []));
  // What is without elements is reshaped to its sizes by whoever takes it.
  const none = read.map((index) => nothingLike(node.outputs[index]!));
  const written = b.nodes('If', [b.node('Equal', [b.dims([attrs.length]), b.ints([0])])], read.length, {
    then_branch: { graph: { name: 'empty', inputs: [], outputs: none }, captured: [] },
    else_branch: {
      graph: { name: 'pieces', inputs: formal, outputs: read.map((at) => some.outputs[at]!) },
      captured: names,
    },
  });
  const all = new Array<OnnxValue>(node.outputs.length).fill(b.none);
  read.forEach((index, at) => (all[index] = written[at]!));
  return all;
}

/** A constant without elements, of the rank of a sequence. */
const nothingLike = ({ dtype, shape }: Tensor): Tensor =>
  hostLeaf(
    allocate(dtype, 0),
    { dtype, shape: shape.map((size, axis) => (axis === 0 || typeof size !== 'number' ? 0 : size)) },
    true,
  );

function liveOf(body: Graph, attrs: ScanAttrs, isRead: (output: number) => boolean): Live {
  const { carries, sequences } = partsOf(body.inputs, attrs);
  const results = attrs.steps.flatMap((_, index) => (isRead(attrs.carries + index) ? [index] : []));
  const alive = new Set(carries.flatMap((_, index) => (isRead(index) ? [index] : [])));
  // A carry that nobody reads at the end may be needed on the way.
  for (;;) {
    const wanted = [...alive, ...results.map((index) => attrs.carries + index)].map((index) => body.outputs[index]!);
    const reached = new Set(toposort(wanted));
    const before = alive.size;
    carries.forEach(({ node }, index) => reached.has(node) && alive.add(index));
    if (alive.size > before) continue;
    const read = sequences.flatMap(({ node }, index) => (reached.has(node) ? [index] : []));
    return { carries: [...alive].sort((p, q) => p - q), sequences: read, results };
  }
}

interface Plan {
  readonly attrs: ScanAttrs;
  readonly body: Graph;
  readonly live: Live;
}

function loop(b: OnnxBuilder, names: readonly OnnxValue[], { attrs, body, live }: Plan): OnnxValue[] {
  const outer = partsOf(names, attrs);
  const inner = partsOf(body.inputs, attrs);
  const carried = live.carries.map((index) => inner.carries[index]!);
  const stepped = live.sequences.map((index) => inner.sequences[index]!);
  const sequences = live.sequences.map((index) => outer.sequences[index]!);
  if (sequences.length === 0) {
    // The number of steps is that of the sequences, so there must be one.
    sequences.push(b.node('ConstantOfShape', [b.dims([attrs.length])]));
    stepped.push(placeholder('step', { dtype: 'float32', shape: [] }, null));
  }
  const graph: Graph = {
    name: body.name,
    inputs: [...inner.constants, ...carried, ...stepped],
    outputs: liveOutputs(body, attrs, live),
  };
  const captured = [...outer.constants, ...carried.map(() => undefined), ...stepped.map(() => undefined)];
  const backwards = (count: number): number[] | undefined =>
    attrs.reverse && count > 0 ? new Array<number>(count).fill(1) : undefined;
  return b.nodes('Scan', [...live.carries.map((index) => outer.carries[index]!), ...sequences], graph.outputs.length, {
    body: { graph, captured },
    num_scan_inputs: sequences.length,
    scan_input_directions: backwards(sequences.length),
    scan_output_directions: backwards(live.results.length),
  });
}

const liveOutputs = (body: Graph, attrs: ScanAttrs, live: Live): Tensor[] =>
  [...live.carries, ...live.results.map((index) => attrs.carries + index)].map((index) => body.outputs[index]!);

function unroll(b: OnnxBuilder, names: readonly OnnxValue[], { attrs, body, live }: Plan): OnnxValue[] {
  const { length } = attrs;
  if (typeof length !== 'number' || length > MAX_UNROLLED) throw refused(b, attrs);
  const outer = partsOf(names, attrs);
  const wanted = liveOutputs(body, attrs, live);
  const graph: Graph = { name: body.name, inputs: body.inputs, outputs: wanted };
  let carries: readonly OnnxValue[] = outer.carries;
  const rows: OnnxValue[][] = Array.from({ length }, () => []);
  for (let count = 0; count < length; count++) {
    const at = attrs.reverse ? length - 1 - count : count;
    const steps = outer.sequences.map((name, index) => (live.sequences.includes(index) ? row(b, name, at) : b.none));
    const made = b.inline(graph, [...outer.constants, ...carries, ...steps]);
    const next = [...carries];
    live.carries.forEach((place, index) => (next[place] = made[index]!));
    carries = next;
    rows[at] = made.slice(live.carries.length).map((value) => b.node('Unsqueeze', [value, b.ints([0])]));
  }
  const joined = live.results.map((_, index) =>
    join(
      b,
      rows.map((values) => values[index]!),
    ),
  );
  return [...live.carries.map((index) => carries[index]!), ...joined];
}

function row(b: OnnxBuilder, name: OnnxValue, at: number): OnnxValue {
  const part = b.node('Slice', [name, b.ints([at]), b.ints([at + 1]), b.ints([0])]);
  return b.node('Squeeze', [part, b.ints([0])]);
}

function join(b: OnnxBuilder, values: readonly OnnxValue[]): OnnxValue {
  if (values.length === 1) return values[0]!;
  const groups: OnnxValue[] = [];
  for (let start = 0; start < values.length; start += JOINED) {
    const group = values.slice(start, start + JOINED);
    groups.push(group.length === 1 ? group[0]! : b.node('Concat', group, { axis: 0 }));
  }
  return join(b, groups);
}

function refused(b: OnnxBuilder, { length }: ScanAttrs): BackendError {
  return new BackendError(
    `scan: ${b.target.provider} has no loops, so the steps are written out one by one. Got ${formatDim(length)} steps; ` +
      `expected a fixed number of at most ${MAX_UNROLLED}. Fix the length, cut the sequence, or run it on cpu or wasm.`,
    { op: 'scan', details: { operator: 'Scan', provider: b.target.provider, length: formatDim(length) } },
  );
}

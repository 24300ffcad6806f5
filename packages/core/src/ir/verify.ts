import { internalError } from '../errors.ts';
import { formatShape, shapesEqual } from '../shape.ts';
import { dimNames } from '../dim.ts';
import { toposort } from './graph.ts';
import type { Graph } from './graph.ts';
import type { OperandTypes } from './op.ts';
import type { Node, Tensor } from './tensor.ts';

/** A rule every graph obeys: what it says, and what is wrong where it does not hold. */
interface Invariant {
  readonly rule: string;
  /** `outer`: the named sizes of the graph around a region. */
  readonly broken: (graph: Graph, nodes: readonly Node[], outer: ReadonlySet<string>) => string | undefined;
}

const describe = (node: Node): string => `node ${node.id} (${node.op?.name ?? node.values[0]?.kind ?? 'leaf'})`;

const firstBroken = (nodes: readonly Node[], test: (node: Node) => string | undefined): string | undefined => {
  for (const node of nodes) {
    const fault = test(node);
    if (fault !== undefined) return `${describe(node)}: ${fault}`;
  }
  return undefined;
};

const INVARIANTS: readonly Invariant[] = [
  {
    rule: 'graph inputs are leaves of kind input, each once',
    broken: ({ inputs }) => {
      const names = new Set<string>();
      for (const input of inputs) {
        if (input.leaf?.kind !== 'input') return `an input is ${describe(input.node)}`;
        if (names.has(input.leaf.name)) return `input '${input.leaf.name}' occurs twice`;
        names.add(input.leaf.name);
      }
      return undefined;
    },
  },
  {
    rule: 'every placeholder reached is an input of the graph',
    broken: ({ inputs }, nodes) => {
      const known = new Set(inputs.map((input) => input.node));
      return firstBroken(nodes, (node) =>
        node.values[0]?.kind === 'input' && !known.has(node) ? `'${node.values[0].name}' is not an input` : undefined,
      );
    },
  },
  {
    rule: 'a node without an op has a value',
    broken: (_, nodes) => firstBroken(nodes, (node) => (node.op === null && !node.values[0] ? 'no value' : undefined)),
  },
  {
    rule: 'operands refer to outputs that exist',
    broken: (_, nodes) =>
      firstBroken(nodes, (node) => {
        const missing = node.inputs.find((input) => input.node.outputs[input.index] === undefined);
        return missing && `operand refers to output ${missing.index} of ${describe(missing.node)}`;
      }),
  },
  {
    rule: 'result types are what the shape rule says',
    broken: (_, nodes) => firstBroken(nodes, (node) => (node.op === null || node.values[0] ? undefined : retype(node))),
  },
  {
    rule: 'symbolic sizes use names that an input or a leaf has',
    broken: ({ inputs, outputs }, nodes, outer) => {
      const known = sizeNames(inputs, nodes, outer);
      for (const output of outputs) {
        for (const size of output.shape) {
          for (const name of dimNames(size)) if (!known.has(name)) return `no input has a size '${name}'`;
        }
      }
      return undefined;
    },
  },
  {
    rule: 'regions obey the same rules, and take values from outside through their inputs only',
    broken: ({ inputs }, nodes, around) => {
      const outer = new Set(nodes);
      const names = sizeNames(inputs, nodes, around);
      return firstBroken(nodes, (node) => {
        for (const region of node.regions) {
          verify(region, names);
          const reached = toposort(region.outputs).find((inner) => outer.has(inner) || !isOwn(inner));
          if (reached !== undefined) return `region '${region.name}' reaches ${describe(reached)}`;
        }
        return undefined;
      });
    },
  },
];

/** The named sizes that inputs and leaves have, and those of the graph around. */
function sizeNames(inputs: readonly Tensor[], nodes: readonly Node[], outer: ReadonlySet<string>): Set<string> {
  const known = new Set(outer);
  for (const input of inputs) for (const size of input.shape) dimNames(size, known);
  for (const node of nodes) {
    if (node.op === null) for (const size of node.outputs[0]?.shape ?? []) dimNames(size, known);
  }
  return known;
}

/** A value that a region has of itself: computed in it, one of its inputs, or baked. */
function isOwn({ values: [leaf] }: Node): boolean {
  return leaf === undefined || leaf.kind === 'input' || (leaf.kind === 'host' && leaf.constant);
}

function retype(node: Node): string | undefined {
  const op = node.op;
  if (op === null) return undefined;
  const inferred = op.infer(node.inputs as unknown as OperandTypes, node.attrs as never, node.outputs.length);
  const types = Array.isArray(inferred) ? inferred : [inferred];
  if (types.length !== node.outputs.length) return `has ${node.outputs.length} outputs, its rule gives ${types.length}`;
  for (const [index, output] of node.outputs.entries()) {
    const { dtype, shape } = types[index]!;
    if (dtype === output.dtype && shapesEqual(shape, output.shape)) continue;
    const has = `${output.dtype} ${formatShape(output.shape)}`;
    return `output ${index} is ${has}, its rule gives ${dtype} ${formatShape(shape)}`;
  }
  return undefined;
}

/**
 * Checks every invariant of the graph; a broken one is a fault of the library (or of an op written against it).
 * @param outer - Named sizes known around it, for a region.
 * @throws {@link GaiError} with code `INTERNAL` that names the rule and the node.
 */
export function verify(graph: Graph, outer: ReadonlySet<string> = new Set()): void {
  const nodes = toposort(graph.outputs);
  for (const { rule, broken } of INVARIANTS) {
    const fault = broken(graph, nodes, outer);
    if (fault !== undefined) throw internalError(`graph '${graph.name}' breaks the rule "${rule}": ${fault}.`);
  }
}

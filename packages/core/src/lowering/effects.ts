import type { EffectValue } from '../ir/op.ts';
import type { Node, Tensor } from '../ir/tensor.ts';

/** Something to do with a value once the graph has run. */
export interface Effect {
  /** The op it is, for messages. */
  readonly name: string;
  /** The value the effect looks at. */
  readonly probe: Tensor;
  readonly run: (value: EffectValue) => void;
}

/** The effects among nodes, in the order they were written. */
export function effectsOf(nodes: readonly Node[]): Effect[] {
  const found = nodes.filter((node) => node.op?.effect !== undefined && node.values[0] === undefined);
  // Nodes are numbered as they are made; their order in a graph is another one.
  return found
    .sort((a, b) => a.id - b.id)
    .map((node) => ({
      name: node.op!.name,
      probe: node.outputs[1]!,
      run: (value) => node.op!.effect!(value, node.attrs as never),
    }));
}

import { internalError } from '../errors.ts';
import type { EffectValue } from '../ir/op.ts';
import type { Node, Tensor } from '../ir/tensor.ts';
import type { DeviceBuffer } from './backend.ts';

/** Something to do with a value once the graph has run. */
export interface Effect {
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
    .map((node) => ({ probe: node.outputs[1]!, run: (value) => node.op!.effect!(value, node.attrs as never) }));
}

/** Does what the effects say with what the run gave; an effect may throw, and then the run counts as failed. */
export async function runEffects(effects: readonly Effect[], results: readonly DeviceBuffer[]): Promise<void> {
  for (const [index, { probe, run }] of effects.entries()) {
    const buffer = results[index];
    if (buffer === undefined) throw internalError('an effect has no value.');
    const data = await buffer.read();
    const origin = probe.node.inputs[0]?.node.origin ?? probe.node.origin;
    run({ data, shape: buffer.shape, dtype: buffer.dtype, origin });
  }
}

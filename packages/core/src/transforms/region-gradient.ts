import type { Graph } from '../ir/graph.ts';
import { zerosLike } from '../ops/structural.ts';
import { traceRegion } from '../trace/region.ts';
import type { Region } from '../trace/region.ts';
import { replay } from '../trace/replay.ts';
import { pullBack, record } from './vjp.ts';

/** Which part of a region's gradient is wanted. */
export interface RegionGradientRequest {
  /** The op whose rule asks, for messages. */
  readonly op: string;
  /** Positions of the region's outputs that have a cotangent; float ones. */
  readonly outputs: readonly number[];
  /** Positions of the region's inputs whose cotangent is wanted; float ones. */
  readonly inputs: readonly number[];
}

/**
 * The gradient of a region as a region: for the gradient rule of an op that has one. It computes the region again.
 *
 * Its inputs: those of the region, then a cotangent for each of `outputs`; its outputs: a cotangent for each of
 * `inputs`, zeros where none depends on it. Gradient rules inside may use values from outside; they are captured.
 * @param region - A region of the node.
 * @category Ops
 */
export function regionGradient(region: Graph, { op, outputs, inputs }: RegionGradientRequest): Region {
  const seeds = outputs.map((index) => region.outputs[index]!);
  const formal = [...region.inputs, ...seeds].map(({ dtype, shape }, index) => ({
    name: index < region.inputs.length ? `input[${index}]` : `cotangent[${index - region.inputs.length}]`,
    dtype,
    shape,
  }));
  return traceRegion({ op, name: `${region.name} backward`, inputs: formal }, (given) => {
    const results = replay(seeds, new Map(region.inputs.map((input, index) => [input, given[index]!])));
    const wrt = inputs.map((index) => given[index]!);
    const found = pullBack(record(results, wrt), given.slice(region.inputs.length));
    return found.map((cotangent, index) => cotangent ?? zerosLike(wrt[index]!));
  });
}

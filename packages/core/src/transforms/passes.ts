import { checkOptionNames } from '../argument.ts';
import type { Graph } from '../ir/graph.ts';
import type { Capabilities } from '../ir/capabilities.ts';
import { share } from './share.ts';
import { tile } from './tile.ts';

/** What is done to a graph before it is compiled; every pass can be switched off. */
export interface Passes {
  /** Computes equal expressions once. Default true. */
  readonly share?: boolean | undefined;
  /** Computes long chains over large tensors piece by piece, in the cache, where that pays (CPU and wasm). Default true. */
  readonly tile?: boolean | undefined;
}

/** Refuses passes that do not exist. */
export const checkPasses = (op: string, passes: Passes = {}): void =>
  checkOptionNames(`${op}: passes`, passes, ['share', 'tile']);

/** Applies the passes; what the graph computes stays the same, bit by bit. */
export function applyPasses(graph: Graph, passes: Passes, { loops, pieces }: Capabilities): Graph {
  const shared = passes.share === false ? graph : share(graph);
  return passes.tile === false || !loops || !pieces ? shared : tile(shared);
}

/** The passes as part of a key. */
export const passesKey = ({ share: shares = true, tile: tiles = true }: Passes): string =>
  `share ${shares} tile ${tiles}`;

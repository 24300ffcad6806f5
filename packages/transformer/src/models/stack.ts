import type { Module } from '@gai/nn';

/** A module whose layers are gone through one after the other, from hidden states to hidden states. */
export interface Stack extends Module {
  /** The layers in order; the first input of each are the hidden states before it. */
  blocks(): readonly Module[];
}

export const isStack = (module: Module): module is Stack => 'blocks' in module && typeof module.blocks === 'function';

import { add, jit, mul } from '@gai/core';
import type { Jitted, Tensor } from '@gai/core';
import type { Module } from '@gai/nn';

type State = Readonly<Record<string, Tensor>>;

const blends = new WeakMap<Module, Jitted<[State, State], State>>();

/**
 * Moves a target network towards another one: `θ⁻ ← τ θ + (1 − τ) θ⁻`. With τ = 1 they share their values, and nothing is
 * computed.
 */
export function moveTarget(from: Module, to: Module, tau: number): void | Promise<void> {
  if (tau === 1) {
    to.loadStateDict(from.stateDict());
    return undefined;
  }
  return blended(from, to, tau);
}

async function blended(from: Module, to: Module, tau: number): Promise<void> {
  let blend = blends.get(to);
  if (blend === undefined) {
    blend = jit((near: State, far: State) =>
      Object.fromEntries(
        Object.entries(far).map(([name, old]) => [name, add(mul(near[name]!, tau), mul(old, 1 - tau))]),
      ),
    );
    blends.set(to, blend);
  }
  to.loadStateDict(await blend(from.stateDict(), to.stateDict()));
}

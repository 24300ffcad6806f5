import { add, mul } from '@gai/core';
import type { Module } from '@gai/nn';

/**
 * Lets a target network follow another of the same make: `θ′ ← (1 − τ)θ′ + τθ`. In a train step's `afterUpdate` it is part of the
 * graph.
 *
 * @param source - Whose weights are followed.
 * @param target - Who follows. Buffers (running means of batch norms) are taken over as they are.
 * @param tau - How far, from 0 to 1.
 */
export function polyakUpdate(source: Module, target: Module, tau: number): void {
  const followers = target.namedParameters();
  for (const [path, parameter] of source.namedParameters()) {
    const follower = followers.get(path)!;
    follower.assign(add(mul(1 - tau, follower), mul(tau, parameter)));
  }
  const buffers = target.namedBuffers();
  for (const [path, buffer] of source.namedBuffers()) buffers.get(path)?.assign(buffer.value);
}

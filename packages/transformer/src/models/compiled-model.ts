import { GraphError, compile } from '@gai/core';
import type { Compiled } from '@gai/core';
import type { Module } from '@gai/nn';

/** A function that is traced with the model in evaluation mode, whatever its mode is. */
export function evaluated(model: Module, forward: (...args: never[]) => unknown): Parameters<typeof compile>[0] {
  return {
    forward: forward as (...args: unknown[]) => unknown,
    eval: () => model.eval(),
    saveModes: () => model.saveModes(),
  };
}

/** A program that is stale, with the weights of now; one that is made if there is none, or a part of the model was replaced. */
export async function renewed<R>(
  program: Compiled<R> | undefined,
  make: () => Promise<Compiled<R>>,
): Promise<Compiled<R>> {
  if (program === undefined) return make();
  try {
    await program.refresh();
    return program;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    await program.dispose(); // A part of the model was replaced: that is another program.
    return make();
  }
}

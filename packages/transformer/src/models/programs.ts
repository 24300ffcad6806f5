import { getDefaultBackend } from '@gai/core';

/** Programs of one kind: of each model one for every backend that one was made for. They go with their model. */
export type Programs<Program> = WeakMap<object, Map<object, Program>>;

/** The program of a model on the default backend; made if there is none. */
export function programFor<Program>(programs: Programs<Program>, model: object, make: () => Program): Program {
  const backend = getDefaultBackend();
  const known = programs.get(model) ?? new Map<object, Program>();
  programs.set(model, known);
  const program = known.get(backend) ?? make();
  known.set(backend, program);
  return program;
}

/** Frees the programs of a model, on whichever backends; the next call compiles them again. */
export async function releasePrograms(programs: Programs<{ dispose(): Promise<void> }>, model: object): Promise<void> {
  for (const program of programs.get(model)?.values() ?? []) await program.dispose();
}

import type { Module } from '@gai/nn';

/** The path of a module inside a model; undefined if no field of the model leads to it. */
export function pathOf(model: Module, layer: Module): string | undefined {
  for (const [path, module] of model.namedModules()) if (module === layer) return path;
  return undefined;
}

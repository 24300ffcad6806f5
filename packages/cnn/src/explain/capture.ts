import { isTensor } from '@gai/core';
import type { Tensor } from '@gai/core';
import type { Module } from '@gai/nn';

/** A module whose `forward` can be watched. */
type Watched = { forward: (...inputs: Tensor[]) => unknown };

/**
 * Runs `run` while `seen` is told of every tensor that one of the modules returns from `forward`.
 */
export function watch<R>(
  modules: Iterable<Module>,
  seen: (module: Module, inputs: readonly Tensor[], output: Tensor) => void,
  run: () => R,
): R {
  const watched: Watched[] = [];
  for (const module of modules) {
    const forward = module.forward.bind(module);
    const instance = module as unknown as Watched;
    instance.forward = (...inputs) => {
      const output = forward(...inputs);
      if (isTensor(output)) seen(module, inputs, output);
      return output;
    };
    watched.push(instance);
  }
  try {
    return run();
  } finally {
    // The method of the class shows again.
    for (const instance of watched) Reflect.deleteProperty(instance, 'forward');
  }
}

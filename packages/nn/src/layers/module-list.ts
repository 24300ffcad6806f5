import { ArgumentError } from '@gai/core';
import { Module } from '../module.ts';
import { isModule } from '../modules/brands.ts';

/**
 * Modules by number, for a `forward` that goes through them its own way. A plain array as a field does the same; this
 * adds a place to put methods and instances in.
 *
 * State: that of each module under its number: `0.weight`, `1.weight`, …
 * @example
 * const list = new ModuleList([new Linear({ inFeatures: 2, outFeatures: 3 }), new Linear({ inFeatures: 3, outFeatures: 1 })]);
 * [...list].reduce((value, layer) => layer.forward(value), tensor([[1, 2]])).shape; // => [1, 1]
 * @category Layers
 */
export class ModuleList<M extends Module = Module> extends Module {
  #count = 0;

  /** @param modules - The first modules. Default: none. */
  constructor(modules: Iterable<M> = []) {
    super();
    for (const module of modules) this.push(module);
  }

  /** How many there are. */
  get length(): number {
    return this.#count;
  }

  /** One module; negative numbers count from the end. */
  at(index: number): M | undefined {
    return [...this].at(index);
  }

  /** Adds a module at the end. */
  push(module: M): this {
    if (!isModule(module)) {
      throw new ArgumentError(`ModuleList: not a module. Got ${typeof module}; expected a Module.`, {
        op: 'ModuleList',
      });
    }
    (this as unknown as M[])[this.#count] = module;
    this.#count += 1;
    return this;
  }

  *[Symbol.iterator](): IterableIterator<M> {
    // A field that is added later is looked for as well, so that a compiled function notices it.
    for (let index = 0; ; index++) {
      const module = (this as unknown as M[])[index];
      if (module === undefined) return;
      yield module;
    }
  }

  /** A list has no order of its own to run in: go through it yourself. */
  forward(): never {
    throw new ArgumentError(
      'ModuleList: a list cannot be run. Got a call of forward; expected a loop over its modules. Use Sequential to run ' +
        'them one after the other.',
      { op: 'ModuleList' },
    );
  }
}

import { ArgumentError } from '@gai/core';
import { Module } from '../module.ts';
import { isModule } from '../modules/brands.ts';

/**
 * Modules by name, for a `forward` that chooses among them.
 *
 * State: that of each module under its name: `left.weight`, `right.weight`, …
 * @throws {@link ArgumentError} if a name is one of Module's own, or holds a dot.
 * @example
 * const heads = new ModuleDict({ left: new ReLU(), right: new Tanh() });
 * await toArray(heads.get('left').forward(tensor([-1, 2]))); // => [0, 2]
 * @category Layers
 */
export class ModuleDict<Modules extends Readonly<Record<string, Module>>> extends Module {
  readonly #names: readonly string[];

  /** @param modules - At least the names that are ever used. */
  constructor(modules: Modules) {
    super();
    for (const [name, module] of Object.entries(modules)) {
      if (!isModule(module) || name in this || name.includes('.')) throw notAllowed(name);
      (this as unknown as Record<string, Module>)[name] = module;
    }
    this.#names = Object.keys(modules);
  }

  /** The module of that name. */
  get<Name extends keyof Modules>(name: Name): Modules[Name] {
    if (this.#names.includes(name as string)) return (this as unknown as Modules)[name];
    throw new ArgumentError(
      `ModuleDict: no such module. Got '${String(name)}'; expected one of ${this.#names.join(', ')}.`,
      { op: 'ModuleDict' },
    );
  }

  /** Names and modules in the order they were given in. */
  entries(): [string, Module][] {
    const places = this as unknown as Record<string, Module>;
    return this.#names.map((name) => [name, places[name]!]);
  }

  /** A dictionary cannot run: choose a module. */
  forward(): never {
    throw new ArgumentError(
      'ModuleDict: a dictionary cannot be run. Got a call of forward; expected get(name).forward(...).',
      { op: 'ModuleDict' },
    );
  }
}

const notAllowed = (name: string): ArgumentError =>
  new ArgumentError(
    `ModuleDict: not a module under a free name. Got '${name}'; expected a Module, under a name without dots that Module ` +
      `itself does not use. Choose another name.`,
    { op: 'ModuleDict', details: { name } },
  );

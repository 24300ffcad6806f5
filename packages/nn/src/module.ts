import { DataError, GaiError, cast, formatShape, guard } from '@gai/core';
import type { Tensor, Variable } from '@gai/core';
import { ModuleBuffer, Parameter } from './parameter.ts';

/** What {@link Module.loadStateDict} did not find a place or a value for. */
export interface LoadReport {
  /** In the model, not in the state dict. */
  readonly missing: readonly string[];
  /** In the state dict, not in the model. */
  readonly unexpected: readonly string[];
}

/**
 * The base of every model and layer: a class whose fields are parameters, buffers and other modules, and whose
 * `forward` computes with them.
 *
 * Names follow PyTorch: a field's name, dots between levels, numbers for arrays (`blocks.0.conv.weight`).
 * @example
 * class Scale extends Module {
 *   weight = new Parameter(tensor([1, 2]));
 *   forward(x: Tensor): Tensor {
 *     return mul(x, this.weight);
 *   }
 * }
 * [...new Scale().namedParameters().keys()]; // => ['weight']
 * @category Modules
 */
export abstract class Module {
  #training = true;

  /** From inputs to outputs; each model says with which shapes. */
  abstract forward(...inputs: unknown[]): unknown;

  /** True while training: Dropout drops, BatchNorm uses the batch's statistics. Default true. */
  get training(): boolean {
    guard(() => String(this.#training));
    return this.#training;
  }

  /** Every module in this one with its path, itself first (path ''). */
  namedModules(): Map<string, Module> {
    const found = new Map<string, Module>();
    const seen = new Set<Module>();
    const visit = (module: Module, path: string): void => {
      if (seen.has(module)) return;
      seen.add(module);
      found.set(path, module);
      for (const [name, value] of fieldsOf(module)) if (value instanceof Module) visit(value, join(path, name));
    };
    visit(this, '');
    return found;
  }

  /** Trained tensors by path; one that two fields share is listed under the first. */
  namedParameters(): Map<string, Parameter> {
    return this.#collect((value) => value instanceof Parameter) as Map<string, Parameter>;
  }

  /** Untrained tensors by path. */
  namedBuffers(): Map<string, ModuleBuffer> {
    return this.#collect((value) => value instanceof ModuleBuffer) as Map<string, ModuleBuffer>;
  }

  /** Trained tensors. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** Untrained tensors. */
  buffers(): ModuleBuffer[] {
    return [...this.namedBuffers().values()];
  }

  /** Parameters and persistent buffers by path, with their present values. */
  stateDict(): Record<string, Tensor> {
    const entries = [...this.#stateVariables()].map(([name, variable]) => [name, variable.value] as const);
    return Object.fromEntries(entries);
  }

  /**
   * Takes over values by path.
   * @param state - Tensors by path, as from {@link stateDict} or a safetensors file.
   * @param options.strict - Throw if a name is missing or unexpected. Default true.
   * @throws {@link DataError} that lists missing and unexpected names, or a shape that does not fit. Nothing is changed then.
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>, options: { readonly strict?: boolean } = {}): LoadReport {
    const variables = this.#stateVariables();
    const missing = [...variables.keys()].filter((name) => !Object.hasOwn(state, name));
    const unexpected = Object.keys(state).filter((name) => !variables.has(name));
    if ((options.strict ?? true) && missing.length + unexpected.length > 0) throw namesError(missing, unexpected);
    const fitting = [...variables].filter(([name]) => Object.hasOwn(state, name));
    const values = fitting.map(([name, variable]) => asStored(state[name]!, variable));
    fitting.forEach(([name, variable], index) => checkFits(name, values[index]!, variable));
    fitting.forEach(([, variable], index) => variable.assign(values[index]!));
    return { missing, unexpected };
  }

  /** Switches this module and all inside to training. */
  train(on = true): this {
    for (const module of this.namedModules().values()) module.#training = on;
    return this;
  }

  /** Switches this module and all inside to evaluation. */
  eval(): this {
    return this.train(false);
  }

  /** Remembers the mode of this module and of each one inside; calling the result goes back to it. */
  saveModes(): () => void {
    const modes = [...this.namedModules().values()].map((module) => ({ module, training: module.#training }));
    return () => {
      for (const { module, training } of modes) module.#training = training;
    };
  }

  /** Freezes or thaws every parameter inside. */
  requiresGrad(on = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = on;
    return this;
  }

  #stateVariables(): Map<string, Variable> {
    return this.#collect((value) => value instanceof Parameter || (value instanceof ModuleBuffer && value.persistent));
  }

  #collect(wanted: (value: unknown) => boolean): Map<string, Variable> {
    const found = new Map<string, Variable>();
    const seen = new Set<unknown>();
    for (const [path, module] of this.namedModules()) {
      for (const [name, value] of fieldsOf(module)) {
        if (!wanted(value) || seen.has(value)) continue;
        seen.add(value);
        const variable = value as Variable;
        const full = join(path, name);
        // Seen from the whole model the path is longest; that is the one for messages.
        if (full.length > variable.name.length || variable.name === 'variable') variable.name = full;
        found.set(full, variable);
      }
    }
    return found;
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** The fields of a module; arrays and plain objects of them count by index and key. */
function* fieldsOf(module: Module): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(module)) {
    if (Array.isArray(value)) for (const [index, element] of value.entries()) yield [`${name}.${index}`, element];
    else yield [name, value];
  }
}

function namesError(missing: readonly string[], unexpected: readonly string[]): GaiError {
  const list = (names: readonly string[]): string =>
    names.length === 0
      ? 'none'
      : `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  return new DataError(
    `loadStateDict: the names do not match. Got missing: ${list(missing)}; unexpected: ${list(unexpected)}; expected ` +
      `exactly the model's names. Pass { strict: false } to load what fits.`,
    { op: 'loadStateDict', details: { missing, unexpected } },
  );
}

/** Counters are int64 in PyTorch's files and int32 here. */
function asStored(value: Tensor, variable: Variable): Tensor {
  return value.dtype === 'int64' && variable.dtype === 'int32' ? cast(value, 'int32') : value;
}

function checkFits(name: string, value: Tensor, variable: Variable): void {
  const [got, expected] = [value, variable].map((tensor) => `${tensor.dtype} ${formatShape(tensor.shape)}`);
  if (got === expected) return;
  throw new DataError(`loadStateDict: '${name}' does not fit. Got ${got}; expected ${expected}.`, {
    op: 'loadStateDict',
    details: { name },
  });
}

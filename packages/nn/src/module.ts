import { guard } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import { INSPECT } from '@gai/core/ops';
import { isModuleBuffer, isParameter } from './modules/brands.ts';
import { Observed } from './modules/observed.ts';
import { moduleText } from './modules/module-text.ts';
import { replacePart } from './modules/replace.ts';
import type { Replaceable } from './modules/replace.ts';
import { addNamed, isPart, slotsOf } from './modules/slots.ts';
import type { Part } from './modules/slots.ts';
import { moveTo } from './modules/retype.ts';
import { loadState } from './modules/state-dict.ts';
import type { LoadReport, LoadStateOptions } from './modules/state-dict.ts';
import { walk } from './modules/walk.ts';
import type { ModuleBuffer, Parameter } from './parameter.ts';

/** Under which a walk finds and sets the mode, also of a module of another installed copy of this package. */
const MODE = Symbol.for('@gai/nn/mode');
const SET_MODE = Symbol.for('@gai/nn/set-mode');

/**
 * The base of every model and layer: a class whose fields are parameters, buffers and other modules, and whose
 * `forward` computes with them.
 *
 * What counts are the public fields (own, enumerable, under a name), and what is in arrays, maps, sets and plain objects
 * among them, however deep. Names follow PyTorch: fields, keys and places with dots between (`blocks.0.conv.weight`).
 * `#private` fields, getters, fields under symbols and non-enumerable ones do not count: hide a reference there that is
 * not part of the model, or name what is part of it in an override of {@link Module.children}.
 *
 * A function compiled from a model is compiled anew after a field that it looked at has changed, such as a module that was
 * replaced, and after a setter of a module that it looked at was called. Numbers and text inside arrays and objects of
 * other classes, and what a method writes to `#private` fields, are frozen with it: to change one later, keep it in a field
 * of its own, give it a setter, make it a tensor, or let `forward` call `guard`. A parameter is not dropped by assigning a
 * plain tensor or null over it, nor by deleting its field: that throws; {@link Module.replace} takes it out.
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
export abstract class Module extends Observed {
  #training = true;

  /** From inputs to outputs; each model says with which shapes. */
  abstract forward(...inputs: unknown[]): unknown;

  /** True while training: Dropout drops, BatchNorm uses the batch's statistics. Default true. */
  get training(): boolean {
    guard(() => String(this.#training), 'mode');
    return this.#training;
  }

  /** {@link Module.training} for a walk, which depends on no mode. @internal */
  get [MODE](): boolean {
    return this.#training;
  }

  /** A method: a setter would count as a change of the module. @internal */
  [SET_MODE](on: boolean): void {
    this.#training = on;
  }

  /**
   * What the module is made of, by name: its own modules, parameters and buffers, not theirs. Everything that goes
   * through a model asks here, so a class that keeps parts where they are not found names them in an override:
   * `return super.children().set('fc', this.#fc)`.
   * @throws {@link ArgumentError} for a part that is found where it cannot be trained or saved.
   */
  children(): Map<string, Part> {
    const parts = new Map<string, Part>();
    for (const { name, value } of slotsOf(this)) if (isPart(value)) addNamed(parts, name, value);
    return parts;
  }

  /** Every module in this one with its path, itself first (path ''). One in several places has the first path. */
  namedModules(): Map<string, Module> {
    return walk(this).modules;
  }

  /** Trained tensors by path; one that two fields share is listed under the first. */
  namedParameters(): Map<string, Parameter> {
    return new Map([...walk(this).variables].filter((entry): entry is [string, Parameter] => isParameter(entry[1])));
  }

  /** Untrained tensors by path. */
  namedBuffers(): Map<string, ModuleBuffer> {
    return new Map(
      [...walk(this).variables].filter((entry): entry is [string, ModuleBuffer] => isModuleBuffer(entry[1])),
    );
  }

  /**
   * Puts another module (or function, or parameter) in the place of one inside this model. A function compiled from the
   * model is compiled anew at its next call. Of a module in several places only the one named is replaced.
   * @param path - As in {@link namedModules}: `blocks.0.fc`; also a plain function of a Sequential, by its number.
   * @param next - What takes the place; null where the model can do without. A parameter has the shape of the one before.
   * @returns What was there.
   * @throws {@link ArgumentError} if there is nothing under that path, or `next` does not fit.
   * @example
   * const net = new Sequential(new Linear({ inFeatures: 2, outFeatures: 3 }), new ReLU());
   * net.replace('1', new Tanh());
   * net.layers[1] instanceof Tanh; // => true
   */
  replace(path: string, next: Replaceable): Replaceable {
    return replacePart(this, path, next);
  }

  /**
   * The classes it is made of with their settings and the shapes of their parameters, as PyTorch prints a module;
   * {@link summary} counts and gives the shapes of what they return.
   * @example
   * String(new Linear({ inFeatures: 3, outFeatures: 2 }));
   * // => 'Linear(inFeatures: 3, outFeatures: 2, weight [2,3], bias [2])'
   */
  override toString(): string {
    return moduleText(this);
  }

  /** What `console.log` shows in Node. @internal */
  [INSPECT](): string {
    return this.toString();
  }

  /** Trained tensors. */
  parameters(): Parameter[] {
    return [...this.namedParameters().values()];
  }

  /** Untrained tensors. */
  buffers(): ModuleBuffer[] {
    return [...this.namedBuffers().values()];
  }

  /** Parameters and persistent buffers by path, with their present values; one in several places under the first. */
  stateDict(): Record<string, Tensor> {
    const saved = [...walk(this).variables].filter(([, part]) => isParameter(part) || part.persistent);
    return Object.fromEntries(saved.map(([name, variable]) => [name, variable.value]));
  }

  /**
   * Takes over values by path. A parameter in several places may come under any of its names, or under several with equal
   * values (a file with tied weights).
   * @param state - Tensors by path, as from {@link stateDict} or a safetensors file.
   * @param options.strict - Throw if a name is missing or unexpected. Default true.
   * @param options.dtype - What floats of another dtype do: `cast`, `keep` or `refuse`. Default `cast`.
   * @param options.rename - From names of the state to names here. Default: they are the same.
   * @throws {@link DataError} that lists missing and unexpected names (and the `rename` that makes them fit, where one rule
   *   does), or says what does not fit. Nothing is changed then.
   *   A number too large for a dtype is found later where the value is not in memory: when it is first read.
   * @example
   * const layer = new Linear({ inFeatures: 1, outFeatures: 1, bias: false });
   * const half = tensor(new Uint16Array([0x3e00]), { dtype: 'float16', shape: [1, 1] });
   * layer.loadStateDict({ 'fc.weight': half }, { rename: (name) => name.replace('fc.', '') });
   * await toArray(layer.weight); // => [[1.5]]
   */
  loadStateDict(state: Readonly<Record<string, Tensor>>, options: LoadStateOptions = {}): LoadReport {
    return loadState(this, state, options);
  }

  /**
   * Gives all float parameters and buffers another dtype; whole numbers stay. They become new objects, so make optimizers
   * afterwards; what was compiled from the model is compiled anew.
   * @param dtype - `float16` takes half the memory and has fewer digits; the inputs must have it as well. `bfloat16` is for
   *   files: the providers compute hardly anything in it, and say so.
   * @throws {@link ArgumentError} if the dtype is no float, or a parameter is where only its class can write.
   * @throws {@link DataError} for a number that the dtype does not have; of a value that is not in memory (on a device, in
   *   an opened file) when it is first read.
   * @example
   * const layer = new Linear({ inFeatures: 2, outFeatures: 1 }).to('float16');
   * layer.forward(cast(tensor([[1, 2]]), 'float16')).dtype; // => 'float16'
   */
  to(dtype: DType): this {
    moveTo(this, dtype);
    return this;
  }

  /** Switches this module and all inside to training. */
  train(on = true): this {
    for (const module of this.namedModules().values()) module[SET_MODE](on);
    return this;
  }

  /** Switches this module and all inside to evaluation. */
  eval(): this {
    return this.train(false);
  }

  /** Remembers the mode of this module and of each one inside; calling the result goes back to it. */
  saveModes(): () => void {
    const modes = [...this.namedModules().values()].map((module) => ({ module, training: module[MODE] }));
    return () => {
      for (const { module, training } of modes) module[SET_MODE](training);
    };
  }

  /** Freezes or thaws every parameter inside. */
  requiresGrad(on = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = on;
    return this;
  }
}

import { ArgumentError, checkpoint } from '@gai/core';
import { quoted } from '@gai/core/io';
import type { Module } from '../module.ts';
import { isModule, targetOf } from './brands.ts';

type Forward = (...inputs: unknown[]) => unknown;

/** The forward of each module whose intermediate values are computed again. */
const kept = new WeakMap<object, Forward>();

/**
 * Modules whose intermediate values are not kept for the gradient, but computed again on the way back (rematerialisation, which PyTorch calls
 * gradient checkpointing): memory for time.
 *
 * Give it the layers of a deep model: of each only what it takes and gives is kept, and its forward pass costs twice. Values and gradients
 * are the same but for rounding, what Dropout drops too. It holds while the model trains; in evaluation nothing is different. A train step
 * that is compiled already is compiled anew at its next call.
 * @param modules - Layers, which do not contain each other; their `forward` takes and gives trees of tensors.
 * @param enabled - False: as before. Default true.
 * @throws {@link ArgumentError} for what is no list, or holds something else than modules.
 * @example
 * const layers = [1, 2, 3].map(() => new Sequential(new Linear({ inFeatures: 4, outFeatures: 16 }), new GELU(), new Linear({ inFeatures: 16, outFeatures: 4 })));
 * const model = new Sequential(...layers);
 * remat(layers);
 * const step = trainStep({ models: { model }, optimizers: { model: sgd() } }, ({ model }, { x }: { x: Tensor }) => ({
 *   losses: { model: mse(model.forward(x), x) },
 * }));
 * (await item((await step({ x: ones([2, 4]) })).losses.model)) > 0; // => true
 * @see Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, https://arxiv.org/abs/1604.06174
 * @category Modules
 */
export function remat(modules: Iterable<Module>, enabled = true): void {
  if (typeof modules !== 'object' || modules === null || !(Symbol.iterator in modules)) throw noList(modules);
  const all = [...modules];
  for (const module of all) if (!isModule(module)) throw noModule(module);
  for (const module of all) (enabled ? wrap : unwrap)(module);
}

function wrap(module: Module): void {
  const target = targetOf(module);
  if (kept.has(target)) return;
  const forward = (target as Module).forward as Forward;
  kept.set(target, forward);
  const again: Forward = (...inputs) => {
    const run: Forward = (...given) => forward.apply(module, given);
    return (module.training ? checkpoint(run) : run)(...inputs);
  };
  // Not a field of the model: nothing that walks over fields, saves or prints them sees it.
  Object.defineProperty(module, 'forward', { value: again, configurable: true, writable: true, enumerable: false });
}

function unwrap(module: Module): void {
  const target = targetOf(module);
  const forward = kept.get(target);
  if (forward === undefined) return;
  kept.delete(target);
  delete (module as { forward?: Forward }).forward;
  // A forward of its own, which was a field.
  if (module.forward !== forward)
    Object.defineProperty(module, 'forward', { value: forward, configurable: true, writable: true, enumerable: true });
}

const noModule = (got: unknown): ArgumentError =>
  new ArgumentError(
    `remat: this is no module. Got ${quoted(got, 100)}; expected layers, such as those that model.blocks() gives. Pass a list of modules.`,
    { op: 'remat' },
  );

const noList = (got: unknown): ArgumentError =>
  new ArgumentError(
    `remat: this is no list of modules. Got ${isModule(got) ? `a ${got.constructor.name}` : quoted(got, 100)}; expected its layers, which go ` +
      `one behind the other. Pass model.blocks(), or a list of them.`,
    { op: 'remat' },
  );

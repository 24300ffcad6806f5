import { ArgumentError } from '@gai/core';
import type { Tensor } from '@gai/core';
import { Module } from '../module.ts';
import { isModule } from '../modules/brands.ts';

/** A module from one tensor to one tensor. */
export interface LayerModule extends Module {
  forward(x: Tensor): Tensor;
}

/**
 * What {@link Sequential} is made of: a module from one tensor to one tensor, or a plain function that does the same.
 * @category Layers
 */
export type Layer = LayerModule | ((x: Tensor) => Tensor);

/**
 * Layers one after the other; plain functions such as `relu` may stand between them.
 *
 * State: that of each layer under its place, functions counted: `0.weight`, `0.bias`, `2.weight`, …
 * @example
 * const net = new Sequential(new Linear({ inFeatures: 4, outFeatures: 8 }), relu, new Linear({ inFeatures: 8, outFeatures: 2 }));
 * net.forward(tensor([[1, 2, 3, 4]])).shape; // => [1, 2]
 * [...net.namedParameters().keys()]; // => ['0.weight', '0.bias', '2.weight', '2.bias']
 * @category Layers
 */
export class Sequential<Layers extends readonly Layer[] = readonly Layer[]> extends Module {
  readonly #count: number;

  /**
   * @param layers - At least one.
   * @throws {@link ArgumentError} if one is neither a module nor a function.
   */
  constructor(...layers: Layers) {
    super();
    for (const [index, layer] of layers.entries()) {
      if (!isModule(layer) && typeof layer !== 'function') throw notALayer(index, layer);
      (this as unknown as Layer[])[index] = layer;
    }
    this.#count = layers.length;
  }

  /** The layers in order. */
  get layers(): Layers {
    const places = this as unknown as Layer[];
    return Array.from({ length: this.#count }, (_, index) => places[index]!) as readonly Layer[] as Layers;
  }

  /** The input of the first layer → the output of the last. */
  forward(x: Tensor): Tensor {
    let value = x;
    for (const layer of this.layers) value = typeof layer === 'function' ? layer(value) : layer.forward(value);
    return value;
  }
}

function notALayer(index: number, layer: unknown): ArgumentError {
  return new ArgumentError(
    `Sequential: argument ${index} is not a layer. Got ${Array.isArray(layer) ? 'an array' : typeof layer}; expected ` +
      `modules and functions. Pass the layers one by one: new Sequential(a, b).`,
    { op: 'Sequential', details: { index } },
  );
}

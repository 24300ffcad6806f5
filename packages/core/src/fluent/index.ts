import { Tensor } from '../index.ts';
import { METHODS } from './methods.ts';
import type { FluentMethods } from './methods.ts';

export type { FluentMethods } from './methods.ts';

declare module '../ir/tensor.ts' {
  // oxlint-disable-next-line no-empty-interface -- methods come by merging.
  interface Tensor extends FluentMethods {}
}

/**
 * Gives tensors methods: `x.matmul(w).add(b).relu()` for `relu(add(matmul(x, w), b))`. Call it once, before anything else.
 *
 * Every function of `@gai/core` that takes a tensor first is one, the reads among them (`await x.toArray()`). It costs what all of
 * core costs; who does not import this door has none of it, and no methods. Functions stay what libraries should use.
 * @example
 * import { tensor } from '@gai/core';
 * import { fluent } from '@gai/core/fluent';
 * fluent();
 * const x = tensor([[1, -2], [3, 4]]);
 * await x.matmul(tensor([[1], [1]])).relu().toArray(); // => [[0], [7]]
 * @category Tensors
 * @since 0.1.0
 */
export function fluent(): void {
  for (const [name, compute] of Object.entries(METHODS) as [string, (...args: unknown[]) => unknown][]) {
    const value = function (this: Tensor, ...rest: unknown[]): unknown {
      return compute(this, ...rest);
    };
    Object.defineProperty(value, 'name', { value: name });
    // As methods of a class are: not enumerable, so that printers and comparisons see none of them.
    Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
  }
}

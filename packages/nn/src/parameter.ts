import { Variable, guard } from '@gai/core';
import type { Tensor } from '@gai/core';
import { checkOptionNames } from '@gai/core/ops';
import { BUFFER, CORE, PARAMETER } from './modules/brands.ts';

/**
 * A trained tensor of a module. Its name is its path in the model (`conv1.weight`), as in PyTorch's state dict.
 * @example
 * const weight = new Parameter(tensor([1, 2]));
 * weight.requiresGrad; // => true
 * @category Modules
 */
export class Parameter extends Variable {
  #requiresGrad = true;

  /** @internal */
  get [PARAMETER](): unknown {
    return CORE;
  }

  /** Whether optimizers update it. Frozen parameters keep no optimizer state. Default true. */
  get requiresGrad(): boolean {
    guard(() => String(this.#requiresGrad), 'mode');
    return this.#requiresGrad;
  }

  set requiresGrad(on: boolean) {
    this.#requiresGrad = on;
  }
}

/**
 * A tensor of a module that is saved with it but not trained, such as a running mean.
 * @category Modules
 */
export class ModuleBuffer extends Variable {
  /** Whether the state dict holds it. */
  readonly persistent: boolean;

  constructor(initial: Tensor, options: { readonly persistent?: boolean } = {}) {
    checkOptionNames('ModuleBuffer', options, ['persistent']);
    super(initial);
    this.persistent = options.persistent ?? true;
  }

  /** @internal */
  get [BUFFER](): unknown {
    return CORE;
  }
}

import type { Tensor } from '@gai/core';

/** A parameter with its gradient and the state an optimizer keeps for it; all traced. */
export interface OptimizerItem {
  /** The parameter's path, with the model's name in front where there are several. */
  readonly name: string;
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** One tensor per slot it has, in the parameter's shape. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** Its own scalars, where it has had another number of updates than the first item. Default: those of all. */
  readonly scalars?: Readonly<Record<string, Tensor>> | undefined;
}

/** What becomes of one item. */
export interface OptimizerUpdate {
  readonly parameter: Tensor;
  /** A tensor of which `parameter` is a part, where several were updated as one: looked at once instead of in parts. */
  readonly packed?: Tensor | undefined;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** How {@link Optimizer} builds its updates. */
export interface UpdateOptions {
  /**
   * Updates small parameters of a group as one flat tensor, which saves kernels and changes no bit of the result.
   * Default true.
   */
  readonly pack?: boolean | undefined;
}

/**
 * An update rule as a function of graphs: from parameters, gradients and slots to new parameters and slots.
 *
 * What changes from step to step without depending on data (a learning rate, a bias correction) is a scalar computed
 * on the host and fed to the graph, so a schedule never compiles again.
 * @category Optimizers
 */
export interface Optimizer {
  readonly name: string;
  /** Tensors kept per parameter, all starting at zero. */
  readonly slots: readonly string[];
  /** Those of them that a parameter of this name and shape has. Default: all. */
  readonly slotsOf?: ((name: string, shape: readonly number[]) => readonly string[]) | undefined;
  /**
   * The scalars of one update. `step` counts from 1 and is what schedules follow; `updates` counts those of the
   * parameters themselves, which are fewer where they came later or were left out at times. Default: `step`.
   */
  scalars(step: number, updates?: number): Readonly<Record<string, number>>;
  /** The updates of all items, in order. */
  update(
    items: readonly OptimizerItem[],
    scalars: Readonly<Record<string, Tensor>>,
    options?: UpdateOptions,
  ): OptimizerUpdate[];
}

/** A change of gradients before an optimizer sees them; see {@link chain}. */
export interface GradientTransform {
  readonly name: string;
  /** New gradients, in order. */
  apply(items: readonly OptimizerItem[]): Tensor[];
}

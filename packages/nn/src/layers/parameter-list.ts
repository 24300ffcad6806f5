import { ArgumentError } from '@gai/core';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/**
 * Parameters by number. A plain array as a field does the same.
 *
 * State: each under its number: `0`, `1`, …
 * @example
 * const list = new ParameterList([new Parameter(tensor([1, 2])), new Parameter(tensor([3]))]);
 * Object.keys(list.stateDict()); // => ['0', '1']
 * @category Layers
 */
export class ParameterList extends Module {
  readonly #parameters: readonly Parameter[];

  /** @param parameters - All of them. */
  constructor(parameters: Iterable<Parameter>) {
    super();
    this.#parameters = [...parameters];
    for (const [index, parameter] of this.#parameters.entries()) {
      if (!(parameter instanceof Parameter)) {
        throw new ArgumentError(
          `ParameterList: argument ${index} is not a parameter. Got ${typeof parameter}; expected a Parameter.`,
          {
            op: 'ParameterList',
          },
        );
      }
      Object.defineProperty(this, index, { value: parameter, enumerable: true });
    }
  }

  /** How many there are. */
  get length(): number {
    return this.#parameters.length;
  }

  /** One parameter; negative numbers count from the end. */
  at(index: number): Parameter | undefined {
    return this.#parameters.at(index);
  }

  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }

  /** A list of parameters computes nothing. */
  forward(): never {
    throw new ArgumentError(
      'ParameterList: a list cannot be run. Got a call of forward; expected a computation with its parameters.',
      { op: 'ParameterList' },
    );
  }
}

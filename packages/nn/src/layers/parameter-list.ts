import { ArgumentError } from '@gai/core';
import { Module } from '../module.ts';
import { isParameter } from '../modules/brands.ts';
import type { Parameter } from '../parameter.ts';

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
  readonly #count: number;

  /** @param parameters - All of them. */
  constructor(parameters: Iterable<Parameter>) {
    super();
    const given = [...parameters];
    for (const [index, parameter] of given.entries()) {
      if (!isParameter(parameter)) {
        throw new ArgumentError(
          `ParameterList: argument ${index} is not a parameter. Got ${typeof parameter}; expected a Parameter.`,
          {
            op: 'ParameterList',
          },
        );
      }
      (this as unknown as Parameter[])[index] = parameter;
    }
    this.#count = given.length;
  }

  /** How many there are. */
  get length(): number {
    return this.#count;
  }

  /** One parameter; negative numbers count from the end. */
  at(index: number): Parameter | undefined {
    return [...this].at(index);
  }

  [Symbol.iterator](): IterableIterator<Parameter> {
    const places = this as unknown as Parameter[];
    return Array.from({ length: this.#count }, (_, index) => places[index]!).values();
  }

  /** A list of parameters computes nothing. */
  forward(): never {
    throw new ArgumentError(
      'ParameterList: a list cannot be run. Got a call of forward; expected a computation with its parameters.',
      { op: 'ParameterList' },
    );
  }
}

import { numericChanges, numericHessianProduct, referencesOf, weightedGradient } from './differences.ts';
import type { weightAt } from './differences.ts';
import type { Plain, Sample } from './sample.ts';

/** What the reference says of a sample at some operands. */
export class Expected {
  readonly #sample: Sample;
  readonly #inputs: readonly Plain[];
  #results: readonly Plain[] | undefined;
  readonly #changes = new Map<number, ReturnType<typeof numericChanges>>();
  readonly #hessians = new Map<number, readonly number[]>();

  constructor(sample: Sample, inputs: readonly Plain[]) {
    this.#sample = sample;
    this.#inputs = inputs;
  }

  get results(): readonly Plain[] {
    return (this.#results ??= referencesOf(this.#sample)(this.#inputs));
  }

  /** The gradient of the weighted sum of all results with respect to one operand. */
  gradient(position: number, weigh: typeof weightAt): number[] {
    const make = (): ReturnType<typeof numericChanges> =>
      numericChanges(referencesOf(this.#sample), this.#inputs, position);
    return weightedGradient(once(this.#changes, position, make), weigh);
  }

  /** As {@link numericHessianProduct}. */
  hessianProduct(position: number): readonly number[] {
    const make = (): number[] => numericHessianProduct(referencesOf(this.#sample), this.#inputs, position);
    return once(this.#hessians, position, make);
  }
}

function once<T>(known: Map<number, T>, key: number, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

const known = new WeakMap<readonly Plain[], Expected>();

/** What is expected of a case. Its operands are checked in several ways: differences of a reference take longest, and are taken once. */
export function expectedOf({
  sample,
  inputs,
}: {
  readonly sample: Sample;
  readonly inputs: readonly Plain[];
}): Expected {
  const expected = known.get(inputs) ?? new Expected(sample, inputs);
  known.set(inputs, expected);
  return expected;
}

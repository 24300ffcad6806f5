import type { DType } from '../dtype.ts';
import type { Tensor } from '../ir/tensor.ts';

/** A plain tensor for references: numbers in row order, in float64 whatever the dtype. */
export interface Plain {
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly dtype?: DType | undefined;
}

/** One case of one op: forward values are compared with the reference, gradients with finite differences of it. */
export interface Sample {
  /** What is special about this case, for example `size-0 axis`. */
  readonly name: string;
  /** Operands; dtype default `float32`. */
  readonly inputs: readonly Plain[];
  /** The call under test, through the public function. */
  readonly run: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
  /** The same in plain float64 numbers; one result per output. A result's dtype is compared where it is given. */
  readonly reference: (...inputs: Plain[]) => Plain | readonly Plain[];
  /**
   * Which inputs are checked against central differences of `reference`. Default: every float input, if an output is
   * a float; `[]` where the function has a kink at the sample (state why in `name`).
   */
  readonly gradients?: readonly number[] | undefined;
  /**
   * Gradients that differences cannot give (ties, kinks, infinities), for the cotangent 1 in every place: one per
   * input, null where it is not checked. Compared instead of differences.
   */
  readonly expectedGradients?: readonly (readonly number[] | null)[] | undefined;
  /**
   * Inputs whose first axis may be symbolic (one name for equal sizes; a size of 1 stays fixed). They are run with
   * named sizes at this size and at twice it, both against `reference`.
   */
  readonly symbolic?: readonly number[] | undefined;
  /** Absolute and relative tolerance where float32 needs more than the default; say why beside it. */
  readonly tolerance?: number | undefined;
}

/** The names of the ops that a family's module exports (`addOp` → `add`). */
export type OpNames<Family> = {
  [Key in keyof Family & string]: Key extends `${infer Name}Op` ? Name : never;
}[keyof Family & string];

/** Samples for every op of a family: leaving one out is a type error. */
export type SamplesOf<Family> = Readonly<Record<OpNames<Family>, readonly Sample[]>>;

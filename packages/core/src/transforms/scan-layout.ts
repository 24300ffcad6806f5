import type { Dim } from '../dim.ts';
import type { DType } from '../dtype.ts';
import type { TensorType } from '../ir/op.ts';

/**
 * Settings of a scan. Its operands, and the inputs of its body, are constants, carries and sequences in this order
 * (the body gets one step of each sequence); its results, and those of the body, are carries and sequences.
 */
export interface ScanAttrs {
  readonly constants: number;
  readonly carries: number;
  /** Number of steps. */
  readonly length: Dim;
  /** From the last step to the first; sequences keep their order. */
  readonly reverse: boolean;
  /** A length with a name may be 0 when the graph runs; there are no carries then. Default false. */
  readonly mayBeEmpty?: boolean;
  /** One step of each resulting sequence: dtype, then sizes. */
  readonly steps: readonly (readonly [DType, ...Dim[]])[];
}

/** The type of one step of a sequence. */
export const stepType = ({ dtype, shape }: TensorType): TensorType => ({ dtype, shape: shape.slice(1) });

/** As {@link ScanAttrs.steps} has it. */
export const packStep = ({ dtype, shape }: TensorType): readonly [DType, ...Dim[]] => [dtype, ...shape];

/** The type of a resulting sequence. */
export const sequenceType = ([dtype, ...shape]: readonly [DType, ...Dim[]], length: Dim): TensorType => ({
  dtype,
  shape: [length, ...shape],
});

/** A list in the three parts of a scan's operands. */
export interface Parts<T> {
  readonly constants: readonly T[];
  readonly carries: readonly T[];
  readonly sequences: readonly T[];
}

/** Takes a scan's operands, or its body's inputs, apart. */
export function partsOf<T>(list: readonly T[], { constants, carries }: ScanAttrs): Parts<T> {
  return {
    constants: list.slice(0, constants),
    carries: list.slice(constants, constants + carries),
    sequences: list.slice(constants + carries),
  };
}

import type { DType } from '../dtype.ts';

/** The dtypes in which a provider computes each ONNX operator: dtypes → operators, both separated by spaces. */
export type Kernels = Readonly<Record<string, string>>;

/**
 * What a provider has a kernel for that is wrong, or worse, in some cases; ops are written around it.
 *
 * - `integer-overflow`: −2³¹ / −1 ends the process instead of wrapping around.
 * - `inexact-functions`: elementary functions are exact to an absolute error only, as WGSL allows, and need not keep
 *   infinities: near their zeros nothing is left, and the logarithm of 0 is some negative number.
 * - `conv-end-pads`: a Conv whose kernel is as large as its image forgets the padding at the end.
 * - `narrow-groups`: a ConvTranspose whose groups of several channels have one result each is wrong.
 * - `slice-steps`: a Slice with steps below −1 is wrong.
 * - `sums-in-sequence`: numbers of a line are added one after another, so that a long float32 sum loses digits.
 */
export type KernelFault =
  | 'integer-overflow'
  | 'inexact-functions'
  | 'conv-end-pads'
  | 'narrow-groups'
  | 'slice-steps'
  | 'sums-in-sequence';

/**
 * What a backend can do. Graphs are written for it: ops ask for what they need and never for a name.
 * @category Backends
 */
export interface Capabilities {
  /** The highest ONNX operator set it takes; a model has the highest its ops need, at least 20. Default 20. */
  readonly opset: number;
  /** Runs Loop and Scan. Default false: loops of up to 64 steps are written out, others are refused. */
  readonly loops: boolean;
  /** Runs If. Default false: both branches are computed. */
  readonly branches: boolean;
  /** Any arithmetic of sizes runs, since they are values of the host. Default false: sizes are only put together. */
  readonly sizesOnHost: boolean;
  /** Chains over large tensors are faster piece by piece, in a cache (needs `loops`). Default false. */
  readonly pieces: boolean;
  /** The weight gradient of a small convolution is faster as one product of matrices than as a Conv. Default false. */
  readonly productsBeatConvolutions: boolean;
  /** Outputs that one Split has at most. Default 8. */
  readonly splitOutputs: number;
  /**
   * Operators it has and is faster with than with others that compute the same; those outside the standard with their
   * domain: `com.microsoft.FusedMatMul`. Default none.
   */
  readonly preferred: readonly string[];
  /** Kernels that must be written around. Default: all known faults, which is right everywhere and slower. */
  readonly faults: readonly KernelFault[];
  /** What it computes; an operator that is not in the table was not measured, and is tried. Default: as any ONNX Runtime. */
  readonly kernels: Kernels;
  /** Dtypes that this very device does not compute in, though the table has them (float16 on some GPUs). Default none. */
  readonly lacks: readonly DType[];
  /** Channels per block of convolutions in blocked layout (ONNX Runtime's `nchwc`). Default: none in that layout. */
  readonly channelBlock: number | undefined;
  /** Runs the operators that the provider lacks, with a warning. Default: none, and such a graph is refused. */
  readonly fallback: Fallback | undefined;
}

/** What runs the operators that a provider lacks. */
export interface Fallback {
  /** Its name, for messages. */
  readonly provider: string;
  readonly kernels: Kernels;
}

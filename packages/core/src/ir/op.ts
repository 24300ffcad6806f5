import type { DType } from '../dtype.ts';
import type { Dim } from '../dim.ts';
import type { Shape } from '../shape.ts';
import type { Graph } from './graph.ts';
import type { Tensor } from './tensor.ts';
import type { OnnxBinding } from './onnx-binding.ts';

/** What is known of a tensor before anything runs. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** Values an op's settings may hold; all but functions take part in the compile key. */
export type AttrValue =
  | number
  | string
  | boolean
  | null
  | undefined
  | Dim
  | readonly AttrValue[]
  // A rule or a callback (customVjp, debugPrint): never part of the key.
  | ((...values: never[]) => unknown);

/** An op without settings. */
export type NoAttrs = Readonly<Record<never, never>>;

/** The tensors an op was bound to. An op knows how many it takes, so its rules may name them without a check. */
export type Operands = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];

/** The types an op was bound to; as for {@link Operands}. */
export type OperandTypes = readonly [TensorType, TensorType, TensorType, TensorType, TensorType, ...TensorType[]];

/** What a gradient rule may look at: the operands, the results and the settings of the node. */
export interface VjpContext<A> {
  readonly inputs: Operands;
  readonly outputs: Operands;
  readonly attrs: A;
  /** Whether the cotangent of each input leads anywhere; one that does not may be null. */
  readonly needed: readonly boolean[];
}

/**
 * Reverse-mode rule: the cotangents of the outputs in, one cotangent (or null: none) for each input out.
 *
 * It calls public op functions only. It need not undo broadcasting: `transforms/vjp.ts` sums a cotangent
 * down to its input's shape.
 */
export type VjpRule<A> = (cotangents: Operands, context: VjpContext<A>) => readonly (Tensor | null)[];

/**
 * Everything the library knows of one op, in one literal: shape rule, gradient rule and ONNX binding.
 * @category Ops
 */
export interface OpDef<A = NoAttrs> {
  readonly kind: 'op';
  readonly name: string;
  /** Result types from operand types; throws {@link ShapeError} or {@link DTypeError}. One type per output. */
  infer(inputs: OperandTypes, attrs: A, count: number): TensorType | readonly TensorType[];
  /** Gradient rule; null for an op without one (its inputs get no cotangent). */
  readonly vjp: VjpRule<A> | null;
  /** How the op is written in ONNX; null for an op that `alias` removes before emission. */
  readonly onnx: OnnxBinding<A> | null;
  /**
   * How many leading axes the op works along row by row: an entry of a result depends on the entries of the operands
   * at the same place of these axes only; operands of lower rank, or of size 1 there, are shared by all rows. It lets
   * `transforms/tile.ts` compute long chains piece by piece. Default 0; Infinity: elementwise.
   */
  readonly rows?: number | ((attrs: A, inputs: OperandTypes) => number);
  /** The settings for `length` rows, where they name the number of rows. */
  readonly withRows?: (attrs: A, length: Dim) => object;
  /**
   * Sizes that must be 0 or more when the graph runs, besides those of the results: what the shape rule could not check
   * because a name stands for it. Checked at every run.
   */
  readonly needs?: (attrs: A, inputs: OperandTypes) => readonly Dim[];
  /** Set if output `index` equals input `alias(index, inputs)`: the op only marks a place and is removed. */
  readonly alias?: (index: number, inputs: number) => number;
  /** Set if the op is there for an effect outside the graph: once it has run, `effect` gets the value of output 1. */
  readonly effect?: (value: EffectValue, attrs: A) => void;
}

/** What an effect sees of its tensor once the graph has run. */
export interface EffectValue {
  readonly data: ArrayLike<number | bigint>;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The line that made the tensor, where known. */
  readonly origin: string | undefined;
}

/** An op with whatever settings; what nodes hold. */
// The settings' type is contravariant in the rules, so only `never` accepts every op.
export type AnyOp = OpDef<never>;

/** Regions of a node (the bodies of loops and branches). */
export type Regions = readonly Graph[];

import type { DType, TypedArray } from '../dtype.ts';
import type { Dim } from '../dim.ts';
import type { Capabilities, KernelFault } from './capabilities.ts';
import type { Tensor } from './tensor.ts';
import type { Graph } from './graph.ts';

/** An attribute of an ONNX node. Whole numbers become INT; `{ float }` makes a FLOAT. */
export type OnnxAttr =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  /** A region; `captured[i]` is the outer value its input i stands for, undefined where the loop gives the input. */
  | { readonly graph: Graph; readonly captured: readonly (OnnxValue | undefined)[] };

/** Settings of an ONNX node; undefined ones are left out. */
export type OnnxAttrs = Readonly<Record<string, OnnxAttr | undefined>>;

/** For whom a graph is written: any ONNX Runtime (`portable`), or what runs it (`native`). */
export interface OnnxTarget {
  readonly mode: 'portable' | 'native';
  /** For messages; what is written depends on the capabilities. */
  readonly provider: string;
  readonly capabilities: Capabilities;
}

/** The name of a value in the ONNX graph being written. */
export type OnnxValue = string & { readonly __onnxValue?: never };

/** What a binding writes with: one call, one ONNX node or initializer. */
export interface OnnxBuilder {
  readonly target: OnnxTarget;
  /** Whether the target is known to compute an operator in a dtype. `MaxPool:indices`: with what else decides. */
  has(kernel: string, dtype: DType): boolean;
  /** Whether the target is faster with this operator than with others that compute the same. */
  prefers(opType: string): boolean;
  /** Whether the target's kernels have a fault to be written around. */
  hasFault(fault: KernelFault): boolean;
  /**
   * States that what is written needs an operator set above 20; the model gets the highest that is needed.
   * @throws {@link BackendError} if the target does not take it.
   */
  requires(opset: number): void;
  /** Writes one node and returns its first output. Ops outside the standard carry their domain: `com.microsoft.Gelu`. */
  node(opType: string, inputs: readonly OnnxValue[], attrs?: OnnxAttrs): OnnxValue;
  /** Writes one node with several outputs. */
  nodes(opType: string, inputs: readonly OnnxValue[], outputs: number, attrs?: OnnxAttrs): OnnxValue[];
  /** A baked tensor. */
  constant(data: TypedArray, dtype: DType, shape: readonly number[]): OnnxValue;
  /** A baked scalar. */
  scalar(value: number, dtype: DType): OnnxValue;
  /** Whether a value is a baked number: a scalar, or an array of it alone. */
  isScalar(value: OnnxValue, number: number, dtype: DType): boolean;
  /** A baked int64 vector; what ONNX wants for axes, starts and pads. */
  ints(values: readonly number[]): OnnxValue;
  /** An int64 vector of sizes: baked where known, else computed from the shapes of the graph's inputs. */
  dims(values: readonly Dim[]): OnnxValue;
  /** The value cast to another dtype. */
  cast(value: OnnxValue, dtype: DType): OnnxValue;
  /** Writes the nodes of a region in place, for given values of its inputs; returns its outputs. */
  inline(region: Graph, given: readonly OnnxValue[]): OnnxValue[];
  /** Whether anything reads the output, so that an optional one nobody reads can be left out. */
  used(output: Tensor): boolean;
  /** Leaves an optional input out. */
  readonly none: OnnxValue;
}

/** What a binding knows of the node it writes. */
export interface OnnxContext<A> {
  readonly inputs: readonly [Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];
  readonly outputs: readonly [Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]];
  readonly attrs: A;
  readonly regions: readonly Graph[];
}

/** The names of a node's inputs in the ONNX graph. */
export type OnnxInputs = readonly [OnnxValue, OnnxValue, OnnxValue, OnnxValue, OnnxValue, ...OnnxValue[]];

/** An op that is one ONNX node with the same inputs and no attributes. */
export interface OnnxSimple {
  readonly opType: string;
  /** The opset version in which the form written here appeared. */
  readonly since: number;
}

/** How an op is written in ONNX: the name of its node, or a function that writes one or more nodes. */
export type OnnxBinding<A> =
  | OnnxSimple
  | ((builder: OnnxBuilder, inputs: OnnxInputs, context: OnnxContext<A>) => OnnxValue | OnnxValue[]);

import { DataError, cast } from '@gai/core';
import type { DType, Tensor } from '@gai/core';
import {
  bind,
  bindAll,
  convertElements,
  hostData,
  hostLeaf,
  isFloat,
  sizeOf,
  staticShape,
  toNumber,
} from '@gai/core/ops';
import type { OpDef } from '@gai/core/ops';

/** What is being converted, for messages. */
export interface Place {
  /** The function that converts. */
  readonly op: 'loadStateDict' | 'to';
  /** The parameter's path. */
  readonly name: string;
}

/** From where on numbers become infinite: half a step above the largest one there is. */
const LIMITS: Readonly<Partial<Record<DType, number>>> = {
  float16: 65_520,
  bfloat16: (2 - 2 ** -8) * 2 ** 127,
  float32: (2 - 2 ** -24) * 2 ** 127,
};

const LARGEST: Readonly<Partial<Record<DType, string>>> = {
  float16: '65,504',
  bfloat16: '3.38953e38',
  float32: '3.40282e38',
  int32: '2,147,483,647',
};

const limitOf = (dtype: DType): number => LIMITS[dtype] ?? Infinity;

/**
 * A value in another dtype: on the host where it is there already, else by the graph that computes it. A finite number
 * that would become infinite is refused: at once where it is known, else when the value is computed, before anything
 * is computed from it.
 * @throws {@link DataError} for a number on the host that the dtype does not have.
 */
export function castChecked(value: Tensor, dtype: DType, place: Place): Tensor {
  if (value.dtype === dtype) return value;
  const data = hostData(value);
  if (data !== undefined) {
    const converted = convertElements(data, value.dtype, dtype);
    checkElements({ data, dtype: value.dtype }, { data: converted, dtype }, place);
    return hostLeaf(converted, { dtype, shape: staticShape(value.shape, 'cast') }, false);
  }
  const canOverflow = isFloat(dtype) && limitOf(dtype) < limitOf(value.dtype);
  if (!canOverflow || sizeOf(value.shape) === 0) return cast(value, dtype);
  // What no provider computes in is made wide where it is read.
  const wide = value.dtype === 'bfloat16' ? cast(value, 'float32') : value;
  const rounded = cast(wide, dtype);
  // A value of a file in a dtype of files is converted by whoever reads it.
  if (rounded.leaf !== undefined) return rounded;
  return bindAll(checkRangeOp, [rounded, bind(largestOp, [wide], {})], { ...place, dtype })[0]!;
}

/** The size of the largest finite number: one op, so that not every model brings those that it could be made of. */
const largestOp: OpDef = {
  kind: 'op',
  name: 'largest',
  infer: ([x]) => ({ dtype: x.dtype, shape: [] }),
  vjp: null,
  onnx: (b, [x], { inputs: [operand] }) => {
    const zero = b.scalar(0, operand.dtype);
    // x − x is 0 for finite numbers and NaN for the rest.
    const isFinite = b.node('Equal', [b.node('Sub', [x, x]), zero]);
    return b.node('ReduceMax', [b.node('Where', [isFinite, b.node('Abs', [x]), zero])], { keepdims: 0 });
  },
};

/** Hands input 0 through, and looks at input 1 once it is known: the size of the largest number before rounding. */
const checkRangeOp: OpDef<{ op: string; name: string; dtype: DType }> = {
  kind: 'op',
  name: 'checkRange',
  infer: ([x, largest]) => [x, largest].map(({ dtype, shape }) => ({ dtype, shape })),
  vjp: ([dy]) => [dy, null],
  onnx: null,
  alias: (index) => index,
  effect: ({ data, dtype: from }, { op, name, dtype }) => {
    const value = toNumber(data[0]!, from);
    if (value >= limitOf(dtype)) throw outOfRange({ op, name } as Place, { from, dtype }, `a number of size ${value}`);
  },
};

interface Elements {
  readonly data: ArrayLike<number | bigint>;
  readonly dtype: DType;
}

function checkElements(before: Elements, after: Elements, place: Place): void {
  const suspect = suspicionOf(before.dtype, after.dtype);
  if (suspect === undefined) return;
  for (let index = 0; index < after.data.length; index++) {
    if (!suspect(after.data[index]!)) continue;
    const value = toNumber(before.data[index]!, before.dtype);
    const isKept = isFloat(after.dtype) ? !Number.isFinite(value) : value === Number(after.data[index]);
    if (isKept) continue;
    throw outOfRange(place, { from: before.dtype, dtype: after.dtype }, `${value} at element ${index}`);
  }
}

/** Which elements may not be what they were; undefined where every number fits. */
function suspicionOf(from: DType, to: DType): ((element: number | bigint) => boolean) | undefined {
  if (!isFloat(to)) return () => true;
  if (limitOf(to) >= limitOf(from)) return undefined;
  if (to === 'float16') return (bits) => (Number(bits) & 0x7fff) === 0x7c00;
  if (to === 'bfloat16') return (bits) => (Number(bits) & 0x7fff) === 0x7f80;
  return (element) => !Number.isFinite(element);
}

function outOfRange({ op, name }: Place, { from, dtype }: { from: DType; dtype: DType }, got: string): DataError {
  const remedy =
    op === 'to'
      ? `Keep the model in ${from}, or make the numbers smaller.`
      : `Keep the dtype with { dtype: 'keep' }, or load into a module of a wider dtype.`;
  return new DataError(
    `${op}: a number of '${name}' does not fit into ${dtype}. Got ${got}; expected at most ${LARGEST[dtype]} in size. ${remedy}`,
    { op, details: { name, dtype } },
  );
}

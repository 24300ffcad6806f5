import type { DType } from '../dtype.ts';
import { isFloat } from '../dtype.ts';
import type { KernelFault } from '../ir/capabilities.ts';
import type { OnnxAttrs, OnnxBuilder, OnnxValue } from '../ir/onnx-binding.ts';

/** Another form of a node; undefined where it has none in this dtype. */
type Rewrite = (b: OnnxBuilder, inputs: readonly OnnxValue[], dtype: DType, attrs: OnnxAttrs) => OnnxValue | undefined;

/** `a ≠ b` of booleans. */
function xor(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue {
  return b.node('Not', [b.node('Equal', [b.cast(x, 'int32'), b.cast(y, 'int32')])]);
}

/** `a − b·⌊a/b⌋` from the division that cuts toward zero: what is left has the wrong sign where the signs differ. */
function modulo(b: OnnxBuilder, x: OnnxValue, y: OnnxValue, dtype: DType): OnnxValue {
  const zero = b.scalar(0, dtype);
  const rest = b.node('Sub', [x, b.node('Mul', [y, b.node('Div', [x, y])])]);
  if (dtype.startsWith('uint')) return rest;
  const wrong = b.node('And', [
    b.node('Not', [b.node('Equal', [rest, zero])]),
    xor(b, b.node('Less', [rest, zero]), b.node('Less', [y, zero])),
  ]);
  return b.node('Add', [rest, b.node('Mul', [b.cast(wrong, dtype), y])]);
}

/** The nearest whole number, halves to even, from the one below. */
function round(b: OnnxBuilder, x: OnnxValue, dtype: DType): OnnxValue {
  const half = b.scalar(0.5, dtype);
  const below = b.node('Floor', [x]);
  const rest = b.node('Sub', [x, below]);
  const above = b.cast(b.node('Greater', [rest, half]), dtype);
  const tie = b.cast(b.node('Equal', [rest, half]), dtype);
  const twice = b.node('Mul', [b.node('Floor', [b.node('Mul', [below, half])]), b.scalar(2, dtype)]);
  const odd = b.node('Sub', [below, twice]);
  return b.node('Add', [below, b.node('Add', [above, b.node('Mul', [tie, odd])])]);
}

/** `Σ a[…, i, k]·b[…, k, j]` over k. */
function integerMatMul(b: OnnxBuilder, x: OnnxValue, y: OnnxValue): OnnxValue {
  const columns = b.node('Unsqueeze', [x, b.ints([-1])]); // [..., m, k, 1]
  const rows = b.node('Unsqueeze', [y, b.ints([-3])]); // [..., 1, k, n]
  return b.node('ReduceSum', [b.node('Mul', [columns, rows]), b.ints([-2])], { keepdims: 0 });
}

/** Moves 32-bit integers with an operator that knows floats only: as halves, which float32 holds exactly. */
const inHalves =
  (opType: string): Rewrite =>
  (b, [x, ...rest], dtype, attrs) => {
    if (dtype !== 'int32' && dtype !== 'uint32') return undefined;
    const base = b.scalar(65536, dtype);
    const upper = b.node('Div', [x!, base]);
    const lower = b.node('Sub', [x!, b.node('Mul', [upper, base])]);
    const moved = (half: OnnxValue): OnnxValue =>
      b.cast(b.node(opType, [b.cast(half, 'float32'), ...rest], attrs), dtype);
    return b.node('Add', [b.node('Mul', [moved(upper), base]), moved(lower)]);
  };

/**
 * Right forms of what some provider has a kernel for that is wrong. `conv-end-pads`: a Conv whose kernel is as large as
 * its image is taken for a product of matrices if there is no padding in front, whatever there is at the end. One row more
 * in front is cut off again. (A Pad before the Conv would be fused into it.)
 */
export const CORRECTIONS: Readonly<Record<string, { readonly fault: KernelFault; readonly write: Rewrite }>> = {
  Conv: {
    fault: 'conv-end-pads',
    write: (b, inputs, _, attrs) => {
      const pads = (attrs['pads'] ?? []) as readonly number[];
      const front = pads.slice(0, pads.length / 2);
      if (front.some((width) => width > 0) || pads.every((width) => width === 0)) return undefined;
      const [stride = 1] = (attrs['strides'] ?? []) as readonly number[];
      const y = b.node('Conv', inputs, { ...attrs, pads: [stride, ...pads.slice(1)] });
      return b.node('Slice', [y, b.ints([1]), b.ints([2 ** 31 - 1]), b.ints([2])]);
    },
  },
};

/** Forms of operators that some provider lacks, in operators that every provider has. */
export const REWRITES: Readonly<Record<string, Rewrite>> = {
  Or: (b, [x, y]) => b.node('Not', [b.node('And', [b.node('Not', [x!]), b.node('Not', [y!])])]),
  Xor: (b, [x, y]) => xor(b, x!, y!),
  IsNaN: (b, [x]) => b.node('Not', [b.node('Equal', [x!, x!])]),
  Sign: (b, [x], dtype) => {
    const zero = b.scalar(0, dtype);
    const positive = b.cast(b.node('Greater', [x!, zero]), dtype);
    return b.node('Sub', [positive, b.cast(b.node('Less', [x!, zero]), dtype)]);
  },
  Round: (b, [x], dtype) => round(b, x!, dtype),
  Mod: (b, [x, y], dtype) => (isFloat(dtype) ? undefined : modulo(b, x!, y!, dtype)),
  Neg: (b, [x], dtype) => b.node('Sub', [b.scalar(0, dtype), x!]),
  Abs: (b, [x], dtype) => {
    if (dtype.startsWith('uint')) return x;
    return b.node('Max', [x!, b.node('Sub', [b.scalar(0, dtype), x!])]);
  },
  GatherElements: inHalves('GatherElements'),
  Slice: inHalves('Slice'),
  Identity: (b, [x], dtype) => b.cast(x!, dtype),
  BitwiseNot: (b, [x], dtype) => {
    if (dtype === 'bool' || isFloat(dtype)) return undefined;
    return b.node('Sub', [b.scalar(dtype.startsWith('uint') ? 2 ** 32 - 1 : -1, dtype), x!]);
  },
  MatMul: (b, [x, y], dtype) => (isFloat(dtype) ? undefined : integerMatMul(b, x!, y!)),
};

import { onnxDataType } from '../dtype.ts';
import type { DType } from '../dtype.ts';

/** An operand of a probe. A `baked` one is an initializer, as ONNX wants for axes and bounds. */
export interface ProbeOperand {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Default: ones. */
  readonly data?: readonly number[];
  readonly baked?: boolean;
}

type ProbeAttr = number | string | readonly number[];

/** One ONNX node in one dtype. */
export interface Probe {
  readonly operands: readonly (ProbeOperand | null)[];
  readonly attrs?: Readonly<Record<string, ProbeAttr>>;
  /** Dtypes of the outputs. Default: one output in the dtype of the probe. */
  readonly outputs?: readonly DType[];
}

/** The probe of an operator in a dtype. */
export type ProbeOf = (dtype: DType) => Probe;

const x = (dtype: DType, shape: readonly number[] = [2, 3]): ProbeOperand => ({ dtype, shape });
const ints = (...data: readonly number[]): ProbeOperand => ({
  dtype: 'int64',
  shape: [data.length],
  data,
  baked: true,
});
const scalar = (dtype: DType, value: number): ProbeOperand => ({ dtype, shape: [], data: [value], baked: true });
const places = (shape: readonly number[]): ProbeOperand => ({ dtype: 'int32', shape, data: [0, 1] });

const UNARY =
  'Abs Neg Sign Floor Ceil Round Exp Log Sqrt Reciprocal Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Erf ' +
  'Tanh Sigmoid Relu Softplus Softsign Elu Selu Celu LeakyRelu HardSigmoid HardSwish Gelu Mish Identity Softmax ' +
  'LogSoftmax Not Transpose Trilu BitwiseNot';
const BINARY = 'Add Sub Mul Div Mod Pow Max Min And Or Xor BitwiseAnd BitwiseOr BitwiseXor';
const COMPARISONS = 'Equal Less LessOrEqual Greater GreaterOrEqual';
const REDUCTIONS =
  'ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSumExp';
const CASTS: readonly DType[] = ['float32', 'float64', 'float16', 'int32', 'uint32', 'uint8', 'int8', 'int64', 'bool'];

const each = (names: string, of: ProbeOf): Record<string, ProbeOf> =>
  Object.fromEntries(names.split(' ').map((name) => [name, of]));

/** A window of two in every direction over an image of `rank` extents. */
const windows = (rank: number): { kernel_shape: number[]; strides: number[] } => {
  const two = Array.from({ length: rank }, () => 2);
  return { kernel_shape: two, strides: two };
};
const image = (dtype: DType, rank: number, extent = 4): ProbeOperand =>
  x(dtype, [1, 1, ...Array.from({ length: rank }, () => extent)]);
const convolution =
  (rank: number): ProbeOf =>
  (d) => ({ operands: [image(d, rank), image(d, rank, 2)], attrs: { strides: windows(rank).strides } });
const pool =
  (rank: number): ProbeOf =>
  (d) => ({ operands: [image(d, rank)], attrs: windows(rank) });
const doubled: ProbeOperand = { dtype: 'float32', shape: [4], data: [1, 1, 2, 2], baked: true };

const MATRICES: Record<string, ProbeOf> = {
  ...each('MatMul com.microsoft.FusedMatMul', (d) => ({ operands: [x(d, [2, 2]), x(d, [2, 2])] })),
  Gemm: (d) => ({ operands: [x(d, [2, 2]), x(d, [2, 2]), x(d, [2])], attrs: { transB: 1 } }),
  'com.microsoft.MatMulNBits': (d) => ({
    operands: [x(d, [2, 16]), x('uint8', [2, 1, 8]), x(d, [2, 1])],
    attrs: { K: 16, N: 2, bits: 4, block_size: 16, accuracy_level: 4 },
  }),
  Einsum: (d) => ({ operands: [x(d, [2, 2]), x(d, [2, 2])], attrs: { equation: 'ij,jk->ik' } }),
};

const MOVEMENT: Record<string, ProbeOf> = {
  Reshape: (d) => ({ operands: [x(d), ints(3, 2)], attrs: { allowzero: 1 } }),
  Expand: (d) => ({ operands: [x(d, [1, 3]), ints(2, 3)] }),
  Unsqueeze: (d) => ({ operands: [x(d), ints(0)] }),
  Squeeze: (d) => ({ operands: [x(d, [1, 3]), ints(0)] }),
  Concat: (d) => ({ operands: [x(d), x(d)], attrs: { axis: 0 } }),
  Split: (d) => ({ operands: [x(d), ints(1, 1)], attrs: { axis: 0 }, outputs: [d, d] }),
  Slice: (d) => ({ operands: [x(d), ints(0), ints(1), ints(0), ints(1)] }),
  Pad: (d) => ({ operands: [x(d), ints(1, 0, 0, 0), scalar(d, 0)] }),
  Tile: (d) => ({ operands: [x(d), ints(2, 1)] }),
  // With an operand that broadcasts: some kernels take only equal shapes.
  Where: (d) => ({ operands: [x('bool'), x(d), x(d, [])] }),
  Gather: (d) => ({ operands: [x(d), places([2])], attrs: { axis: 0 } }),
  GatherElements: (d) => ({ operands: [x(d), places([2, 1])], attrs: { axis: 1 } }),
  ScatterElements: (d) => ({ operands: [x(d), places([2, 1]), x(d, [2, 1])], attrs: { axis: 1 } }),
  'ScatterElements:reduction': (d) => ({
    operands: [x(d), places([2, 1]), x(d, [2, 1])],
    attrs: { axis: 1, reduction: 'add' },
  }),
  OneHot: (d) => ({ operands: [places([2]), ints(3), { dtype: d, shape: [2], data: [0, 1] }] }),
  Range: (d) => ({ operands: [scalar(d, 0), scalar(d, 3), scalar(d, 1)] }),
  TopK: (d) => ({ operands: [x(d), ints(2)], attrs: { axis: 1 }, outputs: [d, 'int64'] }),
  ...each('ArgMax ArgMin', (d) => ({ operands: [x(d)], attrs: { axis: 1 }, outputs: ['int64'] })),
};

const IMAGES: Record<string, ProbeOf> = {
  ...each('Conv ConvTranspose', convolution(2)),
  ...each('Conv:3d ConvTranspose:3d', convolution(3)),
  'Conv:3d:grouped': (d) => ({
    operands: [x(d, [1, 2, 4, 4, 4]), x(d, [2, 1, 2, 2, 2])],
    attrs: { strides: windows(3).strides, group: 2 },
  }),
  ...each('MaxPool AveragePool', pool(2)),
  ...each('MaxPool:3d AveragePool:3d', pool(3)),
  ...each('GlobalAveragePool GlobalMaxPool', (d) => ({ operands: [image(d, 2)] })),
  'MaxPool:indices': (d) => ({ operands: [image(d, 2)], attrs: windows(2), outputs: [d, 'int64'] }),
  MaxUnpool: (d) => ({
    operands: [image(d, 2, 1), { dtype: 'int64', shape: [1, 1, 1, 1], data: [0] }],
    attrs: windows(2),
  }),
  Resize: (d) => ({
    operands: [image(d, 2), null, doubled],
    attrs: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
  }),
  'Resize:linear': (d) => ({ operands: [image(d, 2), null, doubled], attrs: { mode: 'linear' } }),
  BatchNormalization: (d) => ({ operands: [image(d, 2), x(d, [1]), x(d, [1]), x(d, [1]), x(d, [1])] }),
  InstanceNormalization: (d) => ({ operands: [image(d, 2), x(d, [1]), x(d, [1])] }),
  LayerNormalization: (d) => ({ operands: [x(d), x(d, [3]), x(d, [3])], attrs: { axis: 1 } }),
  'LayerNormalization:statistics': (d) => {
    const statistics = d === 'float16' ? 'float32' : d;
    return { operands: [x(d), x(d, [3]), x(d, [3])], attrs: { axis: 1 }, outputs: [d, statistics, statistics] };
  },
};

/**
 * One node of each ONNX operator that is written, by what `kernelName` of `onnx/support.ts` calls it. `Cast:from` is
 * probed in the dtype it casts to.
 */
export const KERNEL_PROBES: Readonly<Record<string, ProbeOf>> = {
  ...each(UNARY, (d) => ({ operands: [x(d)] })),
  ...each(BINARY, (d) => ({ operands: [x(d), x(d)] })),
  ...each(COMPARISONS, (d) => ({ operands: [x(d), x(d)], outputs: ['bool'] })),
  ...each(REDUCTIONS, (d) => ({ operands: [x(d), ints(1)] })),
  'Mod:fmod': (d) => ({ operands: [x(d), x(d)], attrs: { fmod: 1 } }),
  IsNaN: (d) => ({ operands: [x(d)], outputs: ['bool'] }),
  BitShift: (d) => ({ operands: [x(d), x(d)], attrs: { direction: 'RIGHT' } }),
  Clip: (d) => ({ operands: [x(d), scalar(d, 0), scalar(d, 1)] }),
  CumSum: (d) => ({ operands: [x(d), scalar('int64', 1)] }),
  ...MATRICES,
  ...MOVEMENT,
  ...IMAGES,
  ...Object.fromEntries(
    CASTS.map((from): [string, ProbeOf] => [
      `Cast:${from}`,
      (d) => ({ operands: [x(from)], attrs: { to: onnxDataType(d) } }),
    ]),
  ),
};

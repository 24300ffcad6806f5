import type { Kernels } from '../ir/capabilities.ts';

/**
 * The dtypes in which ONNX Runtime computes each operator on a CPU, which is what a file can count on everywhere: the
 * table of portable exports, of the backends on a CPU (wasm is the same code), and of one that declares none.
 *
 * Made by running one node of each (`measureKernels` of the testing door); the tests of the backends compare it with
 * what runs.
 */
export const PORTABLE_KERNELS: Kernels = {
  'bool uint8 int8 int32 uint32 int64 float16 float32 float64':
    'Cast:bool Cast:float16 Cast:float32 Cast:float64 Cast:int32 Cast:int64 Cast:int8 Cast:uint32 ' +
    'Cast:uint8 Concat Equal Expand Gather GatherElements Identity Pad Reshape ScatterElements ' +
    'Slice Split Squeeze Tile Transpose Unsqueeze',
  'bool uint8 int8 int32 int64 float16 float32 float64': 'ReduceMax ReduceMin',
  'bool uint8 int8 int32 uint32 int64 float32 float64': 'ScatterElements:reduction',
  'uint8 int8 int32 uint32 int64 float16 float32 float64':
    'Abs Add Clip Div Greater GreaterOrEqual Less LessOrEqual Max Min Mod:fmod Mul Sign Sub',
  'uint8 int8 int32 int64 float16 float32 float64': 'ArgMax ArgMin TopK',
  'bool int32 int64 float16 float32 float64': 'Trilu',
  'int32 uint32 int64 float16 float32 float64': 'MatMul',
  'int8 int32 int64 float16 float32 float64': 'Neg',
  'uint8 int32 int64 float16 float32 float64': 'Where',
  'int32 int64 float16 float32 float64':
    'CumSum Einsum Pow ReduceL1 ReduceL2 ReduceLogSumExp ReduceMean ReduceProd ReduceSum ReduceSumSquare',
  'int8 int32 float16 float32 float64': 'Relu',
  'uint8 int8 float16 float32 float64': 'MaxPool MaxPool:3d MaxPool:indices',
  'uint8 int8 int32 float16 float32': 'Resize Resize:linear',
  'uint8 int8 int32 uint32 int64': 'BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Mod',
  'int32 int64 float32 float64': 'Range',
  'float16 float32 float64':
    'BatchNormalization Ceil Cos Exp Floor Gemm IsNaN LayerNormalization Log LogSoftmax Reciprocal Round ' +
    'Sigmoid Sin Softmax Sqrt Tanh com.microsoft.FusedMatMul',
  'float16 float32':
    'Acos Acosh Asin Asinh Atan Atanh AveragePool AveragePool:3d Conv Conv:3d Conv:3d:grouped ' +
    'ConvTranspose ConvTranspose:3d Cosh Elu Erf Gelu GlobalAveragePool GlobalMaxPool HardSigmoid HardSwish ' +
    'InstanceNormalization LayerNormalization:statistics LeakyRelu MaxUnpool Mish Selu Sinh Softplus ' +
    'Softsign Tan com.microsoft.MatMulNBits',
  'uint8 uint32': 'BitShift',
  bool: 'And Not Or Xor',
  float32: 'Celu',
  '': 'OneHot',
};

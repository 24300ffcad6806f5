import type { Kernels } from '../ir/capabilities.ts';

/**
 * The dtypes in which ONNX Runtime computes each operator on WebGPU, made as the table of the CPU. float16 needs a device
 * with `shader-f16`. It lies here because the Node and the web adapter have the same provider; only adapters import it.
 */
export const WEBGPU_KERNELS: Kernels = {
  'bool uint8 int32 uint32 int64 float16 float32':
    'Cast:bool Cast:float16 Cast:float32 Cast:int32 Cast:uint32 Cast:uint8',
  'bool uint8 int32 uint32 float16 float32': 'Expand Gather Reshape',
  'bool int32 uint32 float16 float32': 'Unsqueeze',
  'int32 int64 float32 float64': 'Range',
  'int32 uint32 float16 float32':
    'Add ArgMax ArgMin Clip Concat CumSum Div Equal Gemm Greater GreaterOrEqual Identity Less ' +
    'LessOrEqual Max Min Mul Pad ReduceL1 ReduceL2 ReduceLogSumExp ReduceMax ReduceMean ReduceMin ' +
    'ReduceProd ReduceSum ReduceSumSquare Resize Resize:linear ScatterElements ScatterElements:reduction ' +
    'Split Squeeze Sub Tile Transpose Trilu Where',
  'int32 float16 float32': 'Pow',
  'float16 float32':
    'Abs Acos Acosh Asin Asinh Atan Atanh AveragePool AveragePool:3d BatchNormalization Ceil Conv ' +
    'Conv:3d ConvTranspose Cos Cosh Einsum Elu Erf Exp Floor GatherElements Gelu GlobalAveragePool ' +
    'GlobalMaxPool HardSigmoid HardSwish InstanceNormalization LayerNormalization ' +
    'LayerNormalization:statistics LeakyRelu Log MatMul MaxPool MaxPool:3d Mish Neg Reciprocal Relu ' +
    'Sigmoid Sin Sinh Slice Softmax Softplus Sqrt Tan Tanh TopK com.microsoft.MatMulNBits',
  bool: 'And Not',
  '':
    'BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast:float64 Cast:int64 Cast:int8 Celu ' +
    'Conv:3d:grouped ConvTranspose:3d IsNaN LogSoftmax MaxPool:indices MaxUnpool Mod Mod:fmod OneHot Or Round Selu Sign Softsign ' +
    'Xor com.microsoft.FusedMatMul',
};

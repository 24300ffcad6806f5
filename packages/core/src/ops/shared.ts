import { dimSub } from '../dim.ts';
import type { Dim } from '../dim.ts';
import { isFloat } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { OperandTypes, TensorType } from '../ir/op.ts';
import type { Tensor } from '../ir/tensor.ts';
import { broadcastShapes } from '../shape.ts';
import type { TensorLike } from '../trace/literal.ts';
import { asTensor } from '../trace/operands.ts';
import { cast } from './structural.ts';

/** Shape rule of an op whose result has the type of its first operand. */
export const sameType = ([x]: OperandTypes): TensorType => ({ dtype: x.dtype, shape: x.shape });

/** Shape rule of an op with two operands of one dtype that broadcast. */
export const broadcastTypes = (op: string, [a, b]: OperandTypes): TensorType => ({
  dtype: a.dtype,
  shape: broadcastShapes(a.shape, b.shape, op),
});

/** That the first operand is not empty, for sizes that are names; for ops whose kernels cannot cope with it. */
export const notEmpty = (_: unknown, [x]: OperandTypes): Dim[] => x.shape.map((size) => dimSub(size, 1));

/** The operand of a function of real numbers: integers and booleans become float32. */
export function asFloat(x: TensorLike, op: string): Tensor {
  const operand = asTensor(x, op);
  return isFloat(operand.dtype) ? operand : cast(operand, 'float32');
}

/** The operand of arithmetic: booleans count as int32. */
export function asNumber(x: TensorLike, op: string): Tensor {
  const operand = asTensor(x, op);
  return operand.dtype === 'bool' ? cast(operand, 'int32') : operand;
}

const LOWEST: Partial<Record<DType, number>> = {
  float64: -Number.MAX_VALUE,
  float16: -65504,
  bfloat16: -3.3895313892515355e38,
};

/** The most negative finite number of a float dtype. */
export const lowestOf = (dtype: DType): number => LOWEST[dtype] ?? -3.4028234663852886e38;

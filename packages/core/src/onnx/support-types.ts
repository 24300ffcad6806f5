import { DTYPE_NAMES, onnxDataType } from '../dtype.ts';
import type { DType } from '../dtype.ts';
import type { OnnxAttrs } from '../ir/onnx-binding.ts';

const BOOLEAN = new Set('Equal Less LessOrEqual Greater GreaterOrEqual Not And Or Xor IsNaN IsInf'.split(' '));
const PLACES = new Set('Shape Size NonZero ArgMax ArgMin'.split(' '));
/** Operators whose results have dtypes that their operands do not tell. */
const OPEN = new Set('If Loop Scan ConstantOfShape DequantizeLinear QuantizeLinear'.split(' '));

const BY_NUMBER = new Map(DTYPE_NAMES.map((dtype) => [onnxDataType(dtype), dtype]));

/** The operand whose dtype is that of the computation. */
export function decidingOperand(opType: string): number {
  if (opType === 'Where') return 1;
  return opType === 'OneHot' ? 2 : 0;
}

/** The dtypes of a node's outputs, as far as its operands and attributes tell. */
export function outputTypes(
  node: { readonly opType: string; readonly outputs: number; readonly attrs: OnnxAttrs },
  dtype: DType | undefined,
): (DType | undefined)[] {
  const { opType, outputs, attrs } = node;
  const first = firstOutput(opType, attrs, dtype);
  const others = opType === 'TopK' || opType === 'MaxPool' ? 'int64' : first;
  const statistics = opType === 'LayerNormalization' && dtype === 'float16' ? 'float32' : others;
  return Array.from({ length: outputs }, (_, index) => (index === 0 ? first : statistics));
}

function firstOutput(opType: string, attrs: OnnxAttrs, dtype: DType | undefined): DType | undefined {
  if (BOOLEAN.has(opType)) return 'bool';
  if (PLACES.has(opType)) return 'int64';
  if (opType === 'Cast') return BY_NUMBER.get(attrs['to'] as number);
  return OPEN.has(opType) ? undefined : dtype;
}

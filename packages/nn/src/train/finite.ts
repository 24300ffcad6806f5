import type { HostTensor } from '@gai/core/backend';
import { isFloat, toNumber } from '@gai/core/ops';

/** An element that is not finite. */
export interface BadElement {
  readonly name: string;
  /** The first of them. */
  readonly index: number;
  readonly value: number;
  /** How many there are in the tensor. */
  readonly count: number;
}

/** The first tensor with an element that is not finite. */
export function findNonFinite(tensors: ReadonlyMap<string, HostTensor>): BadElement | undefined {
  for (const [name, tensor] of tensors) {
    if (!isFloat(tensor.dtype) || isWhole(tensor)) continue;
    const numbers = Array.from({ length: tensor.data.length }, (_, at) => toNumber(tensor.data[at]!, tensor.dtype));
    const bad = numbers.flatMap((value, index) => (Number.isFinite(value) ? [] : [{ value, index }]));
    return { name, ...bad[0]!, count: bad.length };
  }
  return undefined;
}

/** Exponent bits that only infinities and NaN have, of the types that are kept as bits. */
const EXPONENT: Readonly<Partial<Record<string, number>>> = { float16: 0x7c00, bfloat16: 0x7f80 };

const NOTHING = 0;

function isWhole({ dtype, data }: HostTensor): boolean {
  const exponent = EXPONENT[dtype];
  const values = data as Float32Array;
  if (exponent !== undefined) return values.every((bits) => (bits & exponent) !== exponent);
  // x · 0 is 0 for finite x and NaN otherwise: one pass without a branch.
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]! * NOTHING;
  return sum === 0;
}

import { concat, isVariable, reshape, split } from '@gai/core';
import type { Tensor } from '@gai/core';

/** Elements from which a tensor stays alone: copying it would cost more than the kernels it saves. */
export const LARGE = 16_384;

/** Of what whole a tensor is a part. */
interface Part {
  readonly whole: Tensor;
  readonly index: number;
  readonly count: number;
}

const parts = /* @__PURE__ */ new WeakMap<Tensor, Part>();

/** Elements of a tensor; infinite where an axis is symbolic. */
export const sizeOf = ({ shape }: Tensor): number =>
  shape.reduce<number>((product, length) => (typeof length === 'number' ? product * length : Infinity), 1);

/** Tensors end to end as one flat tensor; what {@link taken} has just cut apart is not joined anew. */
export function joined(tensors: readonly Tensor[]): Tensor {
  const found = tensors.map((tensor) => parts.get(isVariable(tensor) ? tensor.value : tensor));
  const [first] = found;
  const isWhole = found.every((part, index) => part?.whole === first?.whole && part?.index === index);
  if (first !== undefined && isWhole && first.count === tensors.length) return first.whole;
  return concat(tensors.map((tensor) => reshape(tensor, [-1])));
}

/** A flat tensor cut into the shapes of what was joined. */
export function taken(whole: Tensor, like: readonly Tensor[]): Tensor[] {
  const cut = split(
    whole,
    like.map((tensor) => sizeOf(tensor)),
  );
  return cut.map((flat, index) => {
    const part = reshape(flat, like[index]!.shape);
    parts.set(part, { whole, index, count: like.length });
    return part;
  });
}

/** Small tensors of one dtype in groups, large ones alone: indices. */
export function laidTogether(tensors: readonly Tensor[]): number[][] {
  const groups = new Map<string, number[]>();
  tensors.forEach((tensor, index) => {
    const key = sizeOf(tensor) < LARGE ? tensor.dtype : `alone ${index}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  return [...groups.values()];
}

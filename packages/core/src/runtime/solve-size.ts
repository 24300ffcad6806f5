import { dimNames, evaluateDim } from '../dim.ts';
import type { DimExpr } from '../dim.ts';

/**
 * The size that `name` must have so that `size` is `found`, all other names being known.
 * @returns undefined if `size` is not linear in the name; null if no whole number from 0 on does it.
 */
export function solveSize(
  size: DimExpr,
  name: string,
  found: number,
  known: ReadonlyMap<string, number>,
): number | null | undefined {
  const at = (value: number): number => evaluateDim(size, new Map([...known, [name, value]]));
  const holding = size.terms.flatMap(({ atoms }) => atoms.filter((atom) => atom.key === name));
  const inside = size.terms.some(({ atoms }) => atoms.some((atom) => atom.kind === 'floor' && uses(atom, name)));
  const squared = size.terms.some(({ atoms }) => atoms.filter((atom) => atom.key === name).length > 1);
  if (inside || squared || holding.length === 0) return undefined;
  const [offset, slope] = [at(0), at(1) - at(0)];
  if (slope === 0) return offset === found ? undefined : null;
  const value = (found - offset) / slope;
  return Number.isInteger(value) && value >= 0 ? value : null;
}

const uses = (atom: { readonly kind: string; readonly numerator?: DimExpr }, name: string): boolean =>
  atom.numerator !== undefined && dimNames(atom.numerator).has(name);

import { Encoding } from '../encoding/encoding.ts';
import type { EncodingPart } from '../encoding/encoding.ts';
import type { Encoded, Piece } from '../encoding/run.ts';

/** A part of a template: one of the texts, or tokens that are added. */
export type TemplatePart =
  | { readonly sequence: 'A' | 'B'; readonly typeId: number }
  | { readonly ids: readonly number[]; readonly tokens: readonly string[]; readonly typeId: number };

/** The form of one text, and of a pair. */
export interface Template {
  readonly single: readonly TemplatePart[];
  readonly pair: readonly TemplatePart[];
}

/** Without tokens to add: one text after the other, with type ids 0 and 1. */
export const PLAIN: Template = {
  single: [{ sequence: 'A', typeId: 0 }],
  pair: [
    { sequence: 'A', typeId: 0 },
    { sequence: 'B', typeId: 1 },
  ],
};

/** How many tokens a template adds. */
export const addedBy = (parts: readonly TemplatePart[]): number =>
  parts.reduce((sum, part) => sum + ('ids' in part ? part.ids.length : 0), 0);

/** Puts texts into a template; every combination of what was cut off from them too. */
export function fillTemplate(
  parts: readonly TemplatePart[],
  first: Encoded,
  second: Encoded | undefined,
  byId: readonly (string | undefined)[],
): Encoding {
  const fill = (a: Piece, b: Piece | undefined): EncodingPart[] =>
    parts.map((part) => {
      if ('ids' in part) return { ...part, attention: 1 };
      if (part.sequence === 'A') return { ...a, typeId: part.typeId, sequence: 0 };
      return { ...b!, typeId: part.typeId, sequence: 1 };
    });
  const [one, ...cutOne] = first.pieces;
  const [two, ...cutTwo] = second?.pieces ?? [undefined];
  // Made when asked for: there are as many as the product of both. Pieces of the first text, each with the second and its pieces; then the first with pieces of the second.
  const cutOff = (): Encoding[] => {
    const pairs = [
      ...cutOne.flatMap((a) => [two, ...cutTwo].map((b) => [a, b] as const)),
      ...cutTwo.map((b) => [one, b] as const),
    ];
    return pairs.map(([a, b]) => new Encoding(fill(a, b), byId));
  };
  return new Encoding(fill(one, two), byId, cutOff);
}
